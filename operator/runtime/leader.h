#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>

#include "operator/base/clock.h"
#include "operator/base/stopwatch.h"
#include "operator/kube/client.h"

namespace gyre::runtime {

// Where another replica or an agent finds the leader's collector: an annotation of the Lease.
inline constexpr char kLeaderAddress[] = "gyre.dev/leader-address";

struct LeaseTiming {
  Duration lease_duration = std::chrono::seconds(15);  // Whole seconds: so the Lease says it.
  Duration renew_deadline = std::chrono::seconds(10);
  Duration retry_period = std::chrono::seconds(2);
};
// Nothing, or what is wrong: a leader must know that its lease is over before anybody else may think so.
Result<void> check(const LeaseTiming& timing);

// From when a renewal counts that a look of `now` is the first to see; the lease lasts for `lease_duration` of its
// holder. It was written after the look before, so that from there a dead leader is followed within its lease; yet it
// counts from no earlier than leaves a living holder, which has our timing, time to give up.
Duration counts_from(std::optional<Duration> look_before, Duration now, Duration lease_duration,
                     const LeaseTiming& ours);

struct LeaderOptions {
  Key lease;             // "gyre-system/gyre-operator"
  std::string identity;  // The pod's name.
  std::string address;   // "10.0.0.7:9444", for redirects.
  LeaseTiming timing;
};

// Elects one leader by a coordination.k8s.io Lease. Losing it ends no process: the elector goes back to trying.
class LeaderElector {
 public:
  struct Holder {
    std::string identity;
    std::string address;
    bool operator==(const Holder&) const = default;
  };

  LeaderElector(kube::Client& client, const Clock& clock, LeaderOptions options);

  // Until `stop`; then a held lease is released. The callbacks run on this thread and must return at once.
  void run(std::stop_token stop, const std::function<void()>& on_gain, const std::function<void()>& on_loss);

  bool is_leader() const { return leading_; }
  // Whoever held the lease when we last looked; empty members when nobody did.
  Holder holder() const;
  // Renewals that had to read the lease, because it was not, or not for certain, as we had written it last.
  std::uint64_t slow_renewals() const { return slow_renewals_; }

 private:
  Result<void> try_once();
  Result<void> renew();
  Result<void> read_and_write();
  Duration time_to_give_up() const;
  bool is_run_out() const;
  Duration request_timeout() const;
  Duration time_to_next_look() const;
  Result<void> create();
  bool is_held_by_other(const nlohmann::json& lease);
  Result<void> write(nlohmann::json lease);
  void note_written(nlohmann::json lease);
  nlohmann::json spec_for(const nlohmann::json& old_spec) const;
  void note_holder(const nlohmann::json& lease);
  Result<void> release();

  kube::Client& client_;
  const Clock& clock_;
  const LeaderOptions options_;
  const Stopwatch running_;
  std::atomic<bool> leading_ = false;
  std::atomic<std::uint64_t> slow_renewals_ = 0;

  // Only the elector's own thread. The other's clock is never trusted: a lease has expired when nobody can have renewed
  // it, by what we have seen, for as long as it lasts. All times are read off `running_`: a clock that is set ends no
  // lease.
  nlohmann::json written_;  // The lease as the server answered our last write.
  std::string seen_version_;
  Duration seen_at_{};
  std::optional<Duration> looked_at_;
  Duration renewed_at_{};
  // When the lease of another ends, should it not change any more.
  std::optional<Duration> expires_at_;

  mutable std::mutex mutex_;
  Holder holder_;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::runtime
