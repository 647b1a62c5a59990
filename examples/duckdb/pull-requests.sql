-- What each pull request cost. Corrections of closed months are in it, in the month they are booked in.
SELECT
  x_Repository                                                            AS repository,
  x_PullRequest                                                           AS pull_request,
  sum(BilledCost)                                                         AS cost,
  list_sort(list(DISTINCT ResourceName))                                  AS models,
  count(DISTINCT (x_RunId, x_RunAttempt))                                 AS runs,
  sum(x_Requests)                                                         AS requests,
  coalesce(sum(ConsumedQuantity) FILTER (x_TokenBucket <> 'output' AND ConsumedUnit = 'Tokens'), 0) AS tokens_in,
  coalesce(sum(ConsumedQuantity) FILTER (x_TokenBucket = 'output'), 0)    AS tokens_out,
  bool_or(x_State = 'open')                                               AS provisional,
  sum(x_Unpriced)                                                         AS unpriced_requests
FROM read_parquet(getvariable('focus'), hive_partitioning = true)
WHERE x_PullRequest IS NOT NULL
GROUP BY ALL
ORDER BY cost DESC, repository, pull_request
