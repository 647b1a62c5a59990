-- By month: what it adds up to, and whether price × quantity is the cost in each row.
SELECT
  billing_period                                                            AS month,
  count(*)                                                                  AS rows,
  sum(BilledCost)                                                           AS cost,
  coalesce(sum(BilledCost) FILTER (x_State = 'open'), 0)                    AS provisional,
  sum(x_Unpriced)                                                           AS unpriced_requests,
  count(*) FILTER (ListUnitPrice * PricingQuantity <> ListCost
                   OR ContractedUnitPrice * PricingQuantity <> ContractedCost) AS wrong
FROM read_parquet(getvariable('focus'), hive_partitioning = true, hive_types = {billing_period: VARCHAR})
GROUP BY ALL
ORDER BY month
