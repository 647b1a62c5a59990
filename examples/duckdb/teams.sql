-- All spend of a team over the pull requests that have spend: the code host knows which were merged.
SELECT
  billing_period                                                              AS month,
  coalesce(SubAccountName, '(no team)')                                       AS team,
  sum(BilledCost)                                                             AS spend,
  coalesce(sum(BilledCost) FILTER (x_Repository IS NOT NULL), 0)              AS attributed,
  count(DISTINCT (x_Repository, x_PullRequest)) FILTER (x_PullRequest IS NOT NULL) AS pull_requests,
  CASE WHEN pull_requests > 0 THEN round(spend / pull_requests, 2) END        AS cost_per_pull_request
FROM read_parquet(getvariable('focus'), hive_partitioning = true, hive_types = {billing_period: VARCHAR})
GROUP BY ALL
ORDER BY month, spend DESC, team
