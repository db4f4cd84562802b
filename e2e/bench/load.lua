-- wrk's side of a load: posts one body of JSON again and again, and prints the figures as JSON. Arguments: the path, and
-- the file that has the body.
function init(arguments)
  wrk.method = "POST"
  wrk.path = arguments[1]
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = io.open(arguments[2]):read("*a")
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.stderr:write(string.format('{"requests": %d, "microseconds": %d, "p50": %f, "p99": %f, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
