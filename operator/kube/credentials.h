#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "operator/base/clock.h"
#include "operator/kube/kubeconfig.h"

namespace gyre::kube {

// What one request shows of us, and whom it trusts. Empty members: nothing.
struct Identity {
  std::string token;
  std::string ca_pem;
  std::string cert_pem, key_pem;
  bool operator==(const Identity&) const = default;
};
using IdentityPtr = std::shared_ptr<const Identity>;

// The parts of a Config that change while we run: files are re-read when they were read `max_age` ago, the exec plugin
// is run when what it gave has expired. Thread-safe.
class Credentials {
 public:
  using Steady = std::chrono::steady_clock;

  explicit Credentials(const Config& config, Duration max_age = std::chrono::minutes(1));

  // The same pointer for as long as nothing changes. A file that cannot be read leaves its last known value. The
  // plugin's failure is the answer for a few seconds. It runs on a thread of its own, and goes on when who waits for it
  // gives up: at `until` (kUnavailable), as a leader must who renews, or when `stop` is asked for (kCancelled).
  Result<IdentityPtr> current(Steady::time_point until, std::stop_token stop = {});
  // The server took this one for nobody's (401): the next `current` reads and runs again, unless that was done since or
  // is being done.
  void reject(const IdentityPtr& identity);

 private:
  void read_files(Identity& next) const;
  void keep(Identity next);
  bool needs_run() const;
  Result<void> await_plugin(std::unique_lock<std::mutex>& lock, Steady::time_point until, std::stop_token stop);
  void run_plugin(std::stop_token stop);

  const Config config_;
  const Duration max_age_;
  const SystemClock clock_;
  std::mutex mutex_;
  IdentityPtr identity_;                       // GUARDED_BY(mutex_)
  std::optional<Steady::time_point> read_at_;  // GUARDED_BY(mutex_) Nothing: read again.
  bool has_run_ = false;                       // GUARDED_BY(mutex_)
  std::optional<Time> expires_at_;             // GUARDED_BY(mutex_) What the plugin gave.
  std::optional<Error> failure_;               // GUARDED_BY(mutex_) The plugin's last.
  Steady::time_point failed_at_;               // GUARDED_BY(mutex_)
  bool is_running_ = false;                    // GUARDED_BY(mutex_) The plugin.
  std::uint64_t runs_ = 0;                     // GUARDED_BY(mutex_) Its runs that have ended.
  std::condition_variable_any ended_;          // The plugin's run.
  std::jthread plugin_;                        // GUARDED_BY(mutex_)
};

}  // namespace gyre::kube
