"""Team-level figures for dashboards and alerts: never a pull request, a run or a person as a label."""
