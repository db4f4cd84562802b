-- wrk's side of the proxy benchmark: one row of 64 features as the v2 protocol sends it, and the figures as JSON.
local row = {}
for i = 1, 64 do row[i] = string.format("%.1f", (i * 7) % 17) end
wrk.method = "POST"
wrk.path = "/v2/models/digits/infer"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"inputs":[{"name":"rows","shape":[1,64],"datatype":"FP32","data":[' .. table.concat(row, ",") .. ']}]}'

function done(summary, latency, requests)
  local errors = summary.errors
  io.stderr:write(string.format('{"requests": %d, "microseconds": %d, "p50": %f, "p99": %f, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
