"""What the wheel is tried with, in an environment that has nothing but the wheel."""

from sklearn.datasets import load_iris
from sklearn.svm import SVC

from skbayes import BayesSearchCV, GridSearchCV, Optimizer, RandomSearchCV
from skbayes.space import Real


def main() -> None:
    """Fit one of each."""
    X, y = load_iris(return_X_y=True)
    space = {"C": Real(0.1, 10.0, prior="log-uniform"), "kernel": ["rbf", "linear"]}
    for search in (
        GridSearchCV(SVC(), {"C": [0.1, 1]}),
        RandomSearchCV(SVC(), {"C": [0.1, 1, 10]}, n_iter=2, random_state=0),
        BayesSearchCV(SVC(), space, n_iter=8, random_state=0),
    ):
        assert search.fit(X, y).best_score_ > 0.9, search
    optimizer = Optimizer(space, random_state=0)
    optimizer.tell(optimizer.ask(), 0.0)


if __name__ == "__main__":
    main()
