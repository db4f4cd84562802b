#include "dataplane/agent/reporting.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dataplane/agent/log.h"

namespace gyre::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kSyncWait = seconds(1);
constexpr Duration kSyncTimeout = seconds(4);
// Between two calls, whatever the answer: a collector that answers at once is not stormed.
constexpr Duration kSyncPause = milliseconds(50);
constexpr Duration kSyncRetry = seconds(1);
// The collector batches its writes over 5 s before it acknowledges.
constexpr Duration kDeliveryTimeout = seconds(10);
constexpr Duration kDeliveryRetry = seconds(1);
constexpr Duration kLongestDeliveryRetry = seconds(5);
constexpr std::size_t kBucketsARequest = 16;

void pause(std::stop_token stop, Duration most) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, most, [] { return false; });
}

template <class T, class S>
Result<T> post(net::HttpClient& client, const std::string& url, const S& message, Duration timeout) {
  net::Request request{"POST", url, schema::to_json(message).dump(), {{"Content-Type", "application/json"}}, timeout};
  const Result<net::Response> response = client.send(request);
  if (!response) return fail(response.error());
  if (response->status != 200)
    return fail(Code::kUnavailable, "Refused", fmt::format("{} answered {}", url, response->status));
  const nlohmann::json document = nlohmann::json::parse(response->body, nullptr, false);
  if (document.is_discarded()) return fail(Code::kInvalid, "InvalidJson", url + " answered no JSON");
  return schema::from_json<T>(document);
}

}  // namespace

Identity identity_of(const Config& config, const RouteTable& routes) {
  const auto current = routes.current();
  return {config.service, config.revision, current ? current->generation : 0, current ? current->weight : 0};
}

Syncer::Syncer(const Config& config, const Metrics& metrics, RouteTable& routes, OnBucketSeconds on_bucket_seconds)
    : config_(config), metrics_(metrics), routes_(routes), on_bucket_seconds_(std::move(on_bucket_seconds)) {
  if (!config_.collector.empty()) thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

Result<wire::SyncResponse> Syncer::ask(net::HttpClient& client) const {
  wire::SyncRequest request = make_sync_request(metrics_.snapshot(), identity_of(config_, routes_));
  request.wait_milliseconds = kSyncWait.count();
  return post<wire::SyncResponse>(client, config_.collector + wire::kSyncPath, request, kSyncTimeout);
}

void Syncer::run(std::stop_token stop) {
  net::HttpClient client({config_.ca_file, config_.token_file});
  bool failing = false;
  while (!stop.stop_requested()) {
    Result<wire::SyncResponse> response = ask(client);
    if (!response) {
      if (!failing) log(Level::kError, "cannot report to the operator, trying on: " + response.error().message);
      failing = true;
      pause(stop, kSyncRetry);
      continue;
    }
    if (failing) log(Level::kInfo, "reporting to the operator again");
    failing = false;
    if (response->routes) routes_.offer(*std::move(response->routes));
    on_bucket_seconds_(response->bucket_seconds);
    pause(stop, kSyncPause);
  }
}

Delivery::Delivery(const Config& config, std::string baseline_digest, BucketStore& store, Metrics& metrics)
    : config_(config),
      baseline_digest_(std::move(baseline_digest)),
      store_(store),
      metrics_(metrics),
      client_({config.ca_file, config.token_file}) {
  if (!config_.collector.empty()) thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

bool Delivery::send_some(Duration timeout) {
  wire::BucketsRequest request{config_.service, config_.revision, config_.model_version, baseline_digest_,
                               store_.pending(kBucketsARequest)};
  if (request.buckets.empty()) return true;
  const auto response = post<wire::BucketsResponse>(client_, config_.collector + wire::kBucketsPath, request, timeout);
  if (response) store_.acknowledge(response->acknowledged);
  metrics_.buckets_pending = static_cast<std::int64_t>(store_.size());
  const bool sent = response && response->acknowledged.size() >= request.buckets.size();
  if (!sent && !failing_)
    log(Level::kError, "buckets are kept and sent again: " +
                           (response ? std::string("not all were acknowledged") : response.error().message));
  failing_ = !sent;
  return sent;
}

void Delivery::run(std::stop_token stop) {
  Duration retry = kDeliveryRetry;
  while (!stop.stop_requested()) {
    store_.wait(stop, seconds(1));
    metrics_.buckets_pending = static_cast<std::int64_t>(store_.size());
    if (send_some(kDeliveryTimeout)) {
      retry = kDeliveryRetry;
      continue;
    }
    pause(stop, retry);
    retry = std::min(2 * retry, kLongestDeliveryRetry);
  }
}

void Delivery::flush(Duration most) {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  const auto end = std::chrono::steady_clock::now() + most;
  while (store_.size() > 0) {
    const auto left = std::chrono::duration_cast<Duration>(end - std::chrono::steady_clock::now());
    if (left <= Duration::zero() || !send_some(left)) return;
  }
}

}  // namespace gyre::agent
