#pragma once

// What the agent says to the operator: counters once a second, and closed buckets.

#include <functional>
#include <thread>

#include "dataplane/agent/bucket_store.h"
#include "dataplane/agent/config.h"
#include "dataplane/agent/metrics.h"
#include "dataplane/agent/router.h"
#include "dataplane/net/http_client.h"

namespace gyre::agent {

// Reports counters and takes routes, by a long poll on a thread of its own. Without a collector it does nothing.
class Syncer {
 public:
  using OnBucketSeconds = std::function<void(std::int64_t)>;
  // The others outlive the syncer. `on_bucket_seconds` is called from its thread.
  Syncer(const Config& config, const Metrics& metrics, RouteTable& routes, OnBucketSeconds on_bucket_seconds);

 private:
  void run(std::stop_token stop);
  Result<wire::SyncResponse> ask(net::HttpClient& client) const;

  const Config& config_;
  const Metrics& metrics_;
  RouteTable& routes_;
  const OnBucketSeconds on_bucket_seconds_;
  std::jthread thread_;
};

// Sends pending buckets until they are acknowledged, on a thread of its own.
class Delivery {
 public:
  // The others outlive the delivery.
  Delivery(const Config& config, std::string baseline_digest, BucketStore& store, Metrics& metrics);
  // Ends the thread, then sends what is left for at most `most`.
  void flush(Duration most);

 private:
  void run(std::stop_token stop);
  // Whether all that was sent has been acknowledged.
  bool send_some(Duration timeout);

  const Config& config_;
  const std::string baseline_digest_;
  BucketStore& store_;
  Metrics& metrics_;
  net::HttpClient client_;
  bool failing_ = false;
  std::jthread thread_;
};

Identity identity_of(const Config& config, const RouteTable& routes);

}  // namespace gyre::agent
