#pragma once

#include <functional>
#include <memory>
#include <string>

#include "operator/base/result.h"
#include "operator/runtime/metrics.h"

namespace gyre::runtime {

struct HealthOptions {
  std::string address = "0.0.0.0";
  int health_port = 8081;   // 0 picks a free one.
  int metrics_port = 8443;  // Plain HTTP. 0 picks a free one.
};

// Serves /healthz and /readyz on one port and /metrics on another, on threads of its own.
class HealthServer {
 public:
  // Nothing when ready, else why not. Called on server threads.
  using Readiness = std::function<Result<void>()>;

  static Result<std::unique_ptr<HealthServer>> start(const HealthOptions& options, const Metrics& metrics,
                                                     Readiness readiness);
  ~HealthServer();

  int health_port() const;
  int metrics_port() const;

 private:
  struct Impl;
  explicit HealthServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gyre::runtime
