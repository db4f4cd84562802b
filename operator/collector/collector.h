#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/wire/fleet.h"
#include "operator/runtime/manager.h"
#include "operator/serve/presented.h"

namespace gyre::collector {

// How agents' tokens are checked.
enum class TokenCheck {
  kReview,         // The API server is asked about each: needs a right that is cluster-wide.
  kPublishedKeys,  // By the keys that the cluster publishes.
};

struct Options {
  std::string address = "0.0.0.0";
  int port = 9444;  // 0 picks a free one.
  serve::CertificateSource certificate;
  TokenCheck tokens = TokenCheck::kReview;
  std::vector<std::string> namespaces;  // Whose pods are believed by kPublishedKeys: those that are watched.
  // Buckets are gathered for so long before their windows are written.
  Duration gather = std::chrono::seconds(5);
};

// The operator's server for agents and workers. The leader does the work; a standby names the leader.
//
//   collector::Collector collector(manager, {.certificate = …});
//   inference_service::add_to(manager, collector.fleet(), …);
//   collector.on_change([&](const Key& service) { controller.enqueue(service); });
//   if (auto ok = collector.start(); !ok) …
//   manager.run(stop);
class Collector {
 public:
  // Declares the watches and the leader's task: before the manager runs, and after it was told which Pods to watch.
  // The manager must outlive it, and must have stopped running when it is destroyed.
  Collector(runtime::Manager& manager, Options options);
  ~Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  // What controllers talk to.
  wire::Fleet& fleet();
  // Called, on any thread, when the controllers of a service should look: an agent is new or gone, has acknowledged
  // routes or is drained, or rows have been persisted. Set it before `start`; it must return at once.
  void on_change(std::function<void(const Key& service)> wake);

  // Begins to listen. kUnavailable when the port cannot be had.
  Result<void> start();
  // Ends all calls and stops listening.
  void stop();
  // As bound; 0 before `start`.
  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gyre::collector
