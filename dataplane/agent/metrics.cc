#include "dataplane/agent/metrics.h"

#include <fmt/format.h>

#include <iterator>

namespace gyre::agent {
namespace {

using Nanoseconds = std::chrono::nanoseconds;

constexpr double kBounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

void add(Answered& answered, Outcome outcome, Metrics::Steady::duration latency) {
  ++answered.requests;
  answered.errors += outcome == Outcome::kGood ? 0 : 1;
  answered.connect_failures += outcome == Outcome::kConnectFailure ? 1 : 0;
  answered.latency.record(static_cast<std::uint64_t>(std::chrono::duration_cast<Nanoseconds>(latency).count()));
}

// Text of one metric family after another.
class Page {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  template <class T>
  void sample(std::string_view name, std::string_view labels, T value) {
    fmt::format_to(std::back_inserter(text_), "{}{{{}}} {}\n", name, labels, value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// Ours under route="self", and each revision that we forwarded to.
std::map<std::string, const Answered*> by_labels(const Snapshot& snapshot, const Identity& identity) {
  std::map<std::string, const Answered*> all;
  const auto labels = [&](const std::string& revision, std::string_view route) {
    return fmt::format("service=\"{}\",revision=\"{}\",route=\"{}\"", identity.service, revision, route);
  };
  all[labels(identity.revision, "self")] = &snapshot.served;
  for (const auto& [revision, answered] : snapshot.forwarded) all[labels(revision, "forwarded")] = &answered;
  return all;
}

void write_latency(Page& page, const std::string& labels, const stats::LatencyHistogram& latency) {
  constexpr std::string_view kBucket = "gyre_agent_request_duration_seconds_bucket";
  double sum = 0;
  for (std::size_t bin = 0; bin < stats::LatencyHistogram::kBuckets; ++bin)
    sum += static_cast<double>(latency.counts()[bin]) * stats::LatencyHistogram::lower_seconds(bin);
  for (const double bound : kBounds)
    page.sample(kBucket, fmt::format("{},le=\"{}\"", labels, bound), latency.at_most(bound));
  page.sample(kBucket, labels + ",le=\"+Inf\"", latency.total());
  page.sample("gyre_agent_request_duration_seconds_sum", labels, sum);
  page.sample("gyre_agent_request_duration_seconds_count", labels, latency.total());
}

void write_requests(Page& page, const Snapshot& snapshot, const Identity& identity) {
  const auto all = by_labels(snapshot, identity);
  page.family("gyre_agent_requests_total", "counter", "Requests answered, by revision.");
  for (const auto& [labels, answered] : all) page.sample("gyre_agent_requests_total", labels, answered->requests);
  page.family("gyre_agent_errors_total", "counter", "Answers of 500 and above, and answers that never came.");
  for (const auto& [labels, answered] : all) page.sample("gyre_agent_errors_total", labels, answered->errors);
  page.family("gyre_agent_connect_failures_total", "counter", "Forwarded requests that reached nobody.");
  for (const auto& [labels, answered] : all)
    page.sample("gyre_agent_connect_failures_total", labels, answered->connect_failures);
  page.family("gyre_agent_request_duration_seconds", "histogram", "From the request's last byte to the answer's.");
  for (const auto& [labels, answered] : all) write_latency(page, labels, answered->latency);
}

}  // namespace

void Metrics::begin_request() {
  ++in_flight_;
  const std::lock_guard lock(mutex_);
  last_request_ = Steady::now();
}

void Metrics::end_request() {
  {
    const std::lock_guard lock(mutex_);
    last_request_ = Steady::now();
  }
  --in_flight_;
}

void Metrics::served(Outcome outcome, Steady::duration latency) {
  const std::lock_guard lock(mutex_);
  add(served_, outcome, latency);
}

void Metrics::forwarded(const std::string& revision, Outcome outcome, Steady::duration latency) {
  const std::lock_guard lock(mutex_);
  add(forwarded_[revision], outcome, latency);
}

void Metrics::refused() {
  const std::lock_guard lock(mutex_);
  ++refused_;
}

Snapshot Metrics::snapshot() const {
  const std::lock_guard lock(mutex_);
  const std::int64_t in_flight = in_flight_.load();
  const auto idle = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - last_request_);
  return {served_, forwarded_, refused_, in_flight, in_flight > 0 ? 0 : idle.count()};
}

std::string format_metrics(const Metrics& metrics, const Identity& identity) {
  const Snapshot snapshot = metrics.snapshot();
  Page page;
  write_requests(page, snapshot, identity);
  const std::string own = fmt::format("service=\"{}\",revision=\"{}\"", identity.service, identity.revision);
  const auto one = [&](std::string_view name, std::string_view type, std::string_view help, std::int64_t value) {
    page.family(name, type, help);
    page.sample(name, own, value);
  };
  one("gyre_agent_refused_total", "counter", "Forwarded requests refused: not this revision's traffic.",
      snapshot.refused);
  one("gyre_agent_requests_in_flight", "gauge", "Requests being answered.", snapshot.in_flight);
  one("gyre_agent_routes_generation", "gauge", "Routes in force.", identity.generation);
  one("gyre_agent_canary_weight", "gauge", "Percent of requests for the canary.", identity.weight);
  one("gyre_agent_profiled_rows_total", "counter", "Rows counted into profiles.", metrics.rows);
  one("gyre_agent_profile_dropped_total", "counter", "Exchanges not profiled because the queue was full.",
      metrics.dropped);
  one("gyre_agent_profile_unreadable_total", "counter", "Exchanges whose bodies the protocol does not describe.",
      metrics.unreadable);
  one("gyre_agent_buckets_pending", "gauge", "Closed buckets that nobody acknowledged yet.", metrics.buckets_pending);
  one("gyre_agent_buckets_lost_total", "counter", "Buckets given up because too many were pending.",
      metrics.buckets_lost);
  return page.take();
}

wire::SyncRequest make_sync_request(const Snapshot& snapshot, const Identity& identity) {
  wire::SyncRequest request;
  request.service = identity.service;
  request.revision = identity.revision;
  request.generation = identity.generation;
  request.idle_milliseconds = snapshot.idle_milliseconds;
  request.served.requests = snapshot.served.requests;
  request.served.errors = snapshot.served.errors;
  const auto& counts = snapshot.served.latency.counts();
  for (std::size_t bin = 0; bin < counts.size(); ++bin)
    if (counts[bin] > 0)
      request.served.latency.push_back({static_cast<std::int32_t>(bin), static_cast<std::int64_t>(counts[bin])});
  for (const auto& [revision, answered] : snapshot.forwarded)
    request.forwarded.push_back({revision, answered.requests, answered.errors, answered.connect_failures});
  return request;
}

}  // namespace gyre::agent
