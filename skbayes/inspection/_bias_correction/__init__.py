"""Corrected score of a search's choice, from its kept predictions.

The choice is repeated on bootstrap samples, 500 times by default. A call of a scorer
takes about a millisecond, so calls for 200 candidates, 5 folds and all samples would
take ten minutes. `score_sums` writes thirty common scores as functions of sums over
samples (`classification_sums`, `regression_sums`), so that all samples and candidates
are one matrix product; `ranking_scores` sorts each candidate's predictions once for all
samples. This takes less than a second of one core for 200 candidates and 5,000 samples
(``benchmarks/inspection_time.py``). `summed_scores` rejects sums that do not reproduce
every recorded score; `called_scores` then calls the scorer, for the best candidates
only.

============================  ====================================================
`bias_corrected_score`        the public function
`kept_predictions`            reads predictions and scores them again
`resampling`                  units of a draw: samples, groups or random unions
`resampled_scores`            the choice between sums and calls
`known_scorers`               the sums of each known scorer
============================  ====================================================
"""
