#include "operator/runtime/leader.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "operator/base/caught.h"
#include "operator/base/wait.h"
#include "operator/runtime/log.h"

namespace gyre::runtime {
namespace {

using Json = nlohmann::json;

constexpr Kind kLease{"coordination.k8s.io", "v1", "Lease", "leases"};

kube::Request lease_request(kube::Method method, std::string verb, const Key& key, Duration timeout) {
  kube::Request request;
  request.method = method;
  request.path =
      method == kube::Method::kPost ? kube::collection_path(kLease, key.namespace_) : kube::object_path(kLease, key);
  request.verb = std::move(verb);
  request.resource = kube::resource_name(kLease);
  request.timeout = timeout;
  return request;
}

Json member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : Json::object();
}

std::string holder_of(const Json& lease) { return member(lease, "spec").value("holderIdentity", ""); }

bool has_no_answer(const Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kTimeout || error.code == Code::kCancelled;
}

}  // namespace

Result<void> check(const LeaseTiming& timing) {
  const auto invalid = [](std::string message) { return fail(Code::kInvalid, "InvalidLease", std::move(message)); };
  if (timing.lease_duration < std::chrono::seconds(1) ||
      timing.lease_duration % std::chrono::seconds(1) != Duration::zero())
    return invalid(fmt::format("the lease's duration must be whole seconds, is {}; write 1s or more",
                               format_duration(timing.lease_duration)));
  if (timing.renew_deadline >= timing.lease_duration)
    return invalid(fmt::format("the renewal deadline {} must be shorter than the lease's duration {}",
                               format_duration(timing.renew_deadline), format_duration(timing.lease_duration)));
  if (timing.retry_period <= Duration::zero() || timing.retry_period >= timing.renew_deadline)
    return invalid(fmt::format("the retry period {} must be longer than 0s and shorter than the renewal deadline {}",
                               format_duration(timing.retry_period), format_duration(timing.renew_deadline)));
  return {};
}

Duration counts_from(std::optional<Duration> look_before, Duration now, Duration lease_duration,
                     const LeaseTiming& ours) {
  // Another release, or other flags: when its holder gives up is not known.
  if (!look_before || lease_duration != ours.lease_duration) return now;
  const Duration spare = (ours.lease_duration - ours.renew_deadline) / 2;
  return std::max(*look_before, now - std::min(ours.retry_period, spare));
}

LeaderElector::LeaderElector(kube::Client& client, const Clock& clock, LeaderOptions options)
    : client_(client), clock_(clock), options_(std::move(options)) {}

void LeaderElector::run(std::stop_token stop, const std::function<void()>& on_gain,
                        const std::function<void()>& on_loss) {
  const auto lose = [&](const Error& why) {
    leading_ = false;
    log::warn("Lost the leadership",
              {{"lease", options_.lease.text()}, {"holder", holder().identity}, {"error", why.message}});
    on_loss();
  };
  // What kept us from renewing; nothing, but that we were not given the time.
  const Error late{Code::kTimeout, "RenewalLate", "this process did not get to renew it in time", std::nullopt};
  Error last = late;
  while (!stop.stop_requested()) {
    if (is_run_out()) lose(last);
    const Duration started = running_.elapsed();
    const Result<void> result = caught([this] { return try_once(); });
    if (result) {
      renewed_at_ = started;
      last = late;
      if (!leading_.exchange(true)) {
        log::info("Leading", {{"lease", options_.lease.text()}, {"identity", options_.identity}});
        on_gain();
      }
    } else if (leading_) {
      last = result.error();
      if (is_run_out() || holder().identity != options_.identity) lose(last);
    } else if (result.error().code != Code::kConflict && result.error().code != Code::kAlreadyExists) {
      log::warn("Cannot reach the lease", {{"lease", options_.lease.text()}, {"error", result.error().message}});
    }
    wait(stop, time_to_next_look());
  }
  if (!leading_.exchange(false)) return;
  if (const auto released = caught([this] { return release(); }); !released)
    log::warn("The lease could not be released; it will expire", {{"error", released.error().message}});
}

Result<void> LeaderElector::try_once() { return leading_ ? renew() : read_and_write(); }

// A leader knows the lease, having written it last. Where somebody else has, or our last write was carried out and its
// answer lost, it is told so by a refusal.
Result<void> LeaderElector::renew() {
  const Result<void> renewed = write(written_);
  if (renewed || has_no_answer(renewed.error())) return renewed;
  ++slow_renewals_;
  return read_and_write();
}

Result<void> LeaderElector::read_and_write() {
  const Result<Json> lease = client_.send(lease_request(kube::Method::kGet, "get", options_.lease, request_timeout()));
  if (!lease && lease.error().code == Code::kNotFound) return create();
  if (!lease) return fail(lease.error());
  note_holder(*lease);
  if (is_held_by_other(*lease))
    return fail(Code::kConflict, "LeaseHeld",
                fmt::format("{} is held by {}", options_.lease.text(), holder_of(*lease)));
  return write(*lease);
}

// A leader's; from then on somebody else may soon believe that nobody leads.
Duration LeaderElector::time_to_give_up() const {
  return renewed_at_ + options_.timing.renew_deadline - running_.elapsed();
}

bool LeaderElector::is_run_out() const { return leading_ && time_to_give_up() <= Duration::zero(); }

// A leader's requests end with its deadline, or it would believe in its lease longer than the others do.
Duration LeaderElector::request_timeout() const {
  const Duration longest = options_.timing.renew_deadline / 2;
  if (!leading_) return longest;
  return std::clamp(time_to_give_up(), Duration(1), longest);
}

// Never later than when something is due: a leader's own deadline, or the end of another's lease.
Duration LeaderElector::time_to_next_look() const {
  const Duration period = options_.timing.retry_period;
  if (leading_) return std::clamp(time_to_give_up(), Duration::zero(), period);
  const Duration left = expires_at_ ? *expires_at_ - running_.elapsed() : period;
  // A lease that is there to be taken, and cannot be, is not asked for in a busy loop.
  return left > Duration::zero() ? std::min(left, period) : period;
}

Result<void> LeaderElector::create() {
  const Json lease = {{"apiVersion", kLease.api_version()},
                      {"kind", kLease.kind},
                      {"metadata",
                       {{"namespace", options_.lease.namespace_},
                        {"name", options_.lease.name},
                        {"annotations", {{kLeaderAddress, options_.address}}}}},
                      {"spec", spec_for(Json::object())}};
  kube::Request request = lease_request(kube::Method::kPost, "create", options_.lease, request_timeout());
  request.body = lease.dump();
  Result<Json> created = client_.send(request);
  if (!created) return fail(created.error());
  note_written(*std::move(created));
  return {};
}

bool LeaderElector::is_held_by_other(const Json& lease) {
  const std::string version = member(lease, "metadata").value("resourceVersion", "");
  const Duration lease_duration = std::chrono::seconds(member(lease, "spec").value("leaseDurationSeconds", 15));
  const Duration now = running_.elapsed();
  if (version != seen_version_) {
    seen_version_ = version;
    seen_at_ = counts_from(looked_at_, now, lease_duration, options_.timing);
  }
  looked_at_ = now;
  expires_at_.reset();
  const std::string identity = holder_of(lease);
  if (identity.empty() || identity == options_.identity) return false;
  expires_at_ = seen_at_ + lease_duration;
  return now < *expires_at_;
}

Result<void> LeaderElector::write(Json lease) {
  lease["spec"] = spec_for(member(lease, "spec"));
  lease["metadata"]["annotations"][kLeaderAddress] = options_.address;
  kube::Request request = lease_request(kube::Method::kPut, "update", options_.lease, request_timeout());
  request.body = lease.dump();
  Result<Json> written = client_.send(request);
  if (!written) return fail(written.error());
  note_written(*std::move(written));
  return {};
}

void LeaderElector::note_written(Json lease) {
  note_holder(lease);
  written_ = std::move(lease);
}

Json LeaderElector::spec_for(const Json& old_spec) const {
  const std::string now = format_micro_time(clock_.now());
  Json spec = old_spec;
  const bool mine = old_spec.value("holderIdentity", "") == options_.identity;
  if (!mine) {
    spec["acquireTime"] = now;
    spec["leaseTransitions"] = old_spec.empty() ? 0 : old_spec.value("leaseTransitions", 0) + 1;
  }
  spec["holderIdentity"] = options_.identity;
  spec["leaseDurationSeconds"] =
      std::chrono::duration_cast<std::chrono::seconds>(options_.timing.lease_duration).count();
  spec["renewTime"] = now;
  return spec;
}

void LeaderElector::note_holder(const Json& lease) {
  const Json annotations = member(member(lease, "metadata"), "annotations");
  const std::lock_guard lock(mutex_);
  holder_ = {holder_of(lease), annotations.value(kLeaderAddress, "")};
}

LeaderElector::Holder LeaderElector::holder() const {
  const std::lock_guard lock(mutex_);
  return holder_;
}

Result<void> LeaderElector::release() {
  const Duration timeout = std::chrono::seconds(3);
  Result<Json> lease = client_.send(lease_request(kube::Method::kGet, "get", options_.lease, timeout));
  if (!lease) return fail(lease.error());
  if (holder_of(*lease) != options_.identity) return {};
  (*lease)["spec"]["holderIdentity"] = "";
  (*lease)["spec"]["leaseDurationSeconds"] = 1;
  kube::Request request = lease_request(kube::Method::kPut, "update", options_.lease, timeout);
  request.body = lease->dump();
  if (const auto released = client_.send(request); !released) return fail(released.error());
  log::info("Released the leadership", {{"lease", options_.lease.text()}});
  return {};
}

}  // namespace gyre::runtime
