#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

#include "crds/v1alpha1/kinds.h"
#include "operator/collector/collector.h"
#include "operator/metrics/domain_metrics.h"
#include "operator/runtime/manager.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_api_server.h"
#include "webhooks/webhooks.h"

namespace gyre::metrics {

// Notes an event about each object it is given, and does nothing else.
class Noting final : public runtime::Reconciler {
 public:
  explicit Noting(runtime::Manager& manager) : manager_(manager) {}
  Result<runtime::Next> reconcile(const Key& key) override {
    const auto job = manager_.cache().get<TrainingJob>(key);
    if (job)
      manager_.events().record(kind_of(Type<TrainingJob>{}), job->metadata,
                               {EventType::kWarning, "Failed", "Train", "attempt 0 failed"});
    return runtime::Next{};
  }

 private:
  runtime::Manager& manager_;
};

// All that the operator's process measures, put together as in operator/wiring.cc, beside an API server.
class World {
 public:
  World() {
    manager_.add("trainingjob", std::make_unique<Noting>(manager_)).reconciles<TrainingJob>();
    thread_ = std::jthread([this](std::stop_token stop) { (void)manager_.run(stop); });
  }

  void put(const std::string& kind, const std::string& plural, const std::string& name, const nlohmann::json& status) {
    server_.put("/apis/gyre.dev/v1alpha1/namespaces/ml/" + plural + "/" + name,
                {{"apiVersion", "gyre.dev/v1alpha1"},
                 {"kind", kind},
                 {"metadata", {{"name", name}, {"namespace", "ml"}}},
                 {"spec", {{"template", nlohmann::json::object()}}},
                 {"status", status}});
  }
  void remove(const std::string& plural, const std::string& name) {
    server_.remove("/apis/gyre.dev/v1alpha1/namespaces/ml/" + plural + "/" + name);
  }

  std::string text() { return manager_.metrics().text(); }
  // Whether a scrape soon has this line.
  bool shows(const std::string& line) {
    return support::eventually([&] { return ("\n" + text()).find("\n" + line + "\n") != std::string::npos; });
  }

 private:
  support::FakeApiServer server_;
  runtime::Manager manager_{server_.config(), {}};
  webhooks::Webhooks webhooks_{manager_, {.namespace_ = "gyre-system"}};
  collector::Collector collector_{manager_, {}};
  DomainMetrics domain_{manager_};
  std::jthread thread_;
};

}  // namespace gyre::metrics
