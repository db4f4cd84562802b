#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "operator/kube/kubeconfig.h"

namespace gyre::kube {

// The parts of a Config that change while we run: bearer token and CA. Thread-safe.
class Credentials {
 public:
  explicit Credentials(const Config& config);

  struct Current {
    std::string token;  // Empty: none.
    std::string ca_pem;
  };
  // At most a minute old. A file that cannot be read leaves the last known value.
  Current current();
  // Forgets the age, so that the next `current` reads the files again.
  void expire();

 private:
  void refresh();

  const std::string token_file_;
  const std::string ca_file_;
  std::mutex mutex_;
  Current current_;                                // GUARDED_BY(mutex_)
  std::chrono::steady_clock::time_point read_at_;  // GUARDED_BY(mutex_)
  bool expired_ = true;                            // GUARDED_BY(mutex_)
};

}  // namespace gyre::kube
