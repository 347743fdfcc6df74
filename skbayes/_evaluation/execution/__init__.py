"""Run folds on the workers of joblib's active backend."""
