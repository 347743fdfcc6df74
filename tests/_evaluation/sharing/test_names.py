"""Only the parameters that reach a part decide what its work is known by."""

from skbayes._evaluation.sharing.names import Scope

TOKENS = {
    "steps": 0,
    "text__min_df": 1,
    "text": 2,
    "scale__with_mean": 3,
    "clf__C": 4,
    "memory": 5,
}


def test_scope_child_leaves_out_what_belongs_to_siblings():
    """A step is decided by itself, its own parameters and those of the pipeline."""
    scope = Scope(TOKENS).child("text", ["text", "scale", "clf"])
    assert set(scope.tokens) == {"steps", "text__min_df", "text", "memory"}
    assert scope.path == ("text",)


def test_scope_child_goes_down_several_levels():
    """A part of a column transformer does not see the parts beside it."""
    tokens = {"ct__num__with_mean": 0, "ct__text__min_df": 1, "ct__remainder": 2}
    scope = Scope(tokens).child("ct", ["ct", "clf"]).child("num", ["num", "text"])
    assert set(scope.tokens) == {"ct__num__with_mean", "ct__remainder"}


def test_scope_without_leaves_out_the_parameter_of_a_path():
    """Candidates that differ in this parameter alone have the same key."""
    scope = Scope({"clf__C": 0, "clf__n_estimators": 1}).child("clf", ["clf"])
    assert scope.has("n_estimators")
    assert not scope.without("n_estimators").has("n_estimators")
    assert scope.without("n_estimators").has("C")


def test_scope_key_tells_values_and_inputs_apart():
    """Another value, another input or another part is other work."""
    a, b = Scope({"C": 1}, ("clf",)), Scope({"C": 2}, ("clf",))
    keys = {a.key("x"), b.key("x"), a.key("z"), Scope({"C": 1}, ("other",)).key("x")}
    assert len(keys) == 4
    assert a.key("x") == Scope({"C": 1}, ("clf",)).key("x")
