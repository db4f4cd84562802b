#include "operator/kube/credentials.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "operator/base/caught.h"
#include "operator/base/text.h"

namespace gyre::kube {
namespace {

// A plugin that fails is not started again for every request.
constexpr auto kPauseAfterFailure = std::chrono::seconds(5);

std::optional<std::string> read_file(const std::string& file) {
  if (file.empty()) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

}  // namespace

Credentials::Credentials(const Config& config, Duration max_age)
    : config_(config),
      max_age_(max_age),
      identity_(std::make_shared<const Identity>(
          Identity{config.token, config.ca_pem, config.client_cert_pem, config.client_key_pem})) {}

Result<IdentityPtr> Credentials::current(Steady::time_point until, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const auto now = Steady::now();
  if (!read_at_ || now - *read_at_ >= max_age_) {
    Identity next = *identity_;
    read_files(next);
    keep(std::move(next));
    read_at_ = now;
  }
  if (needs_run())
    if (const auto ran = await_plugin(lock, until, std::move(stop)); !ran) return fail(ran.error());
  return identity_;
}

void Credentials::keep(Identity next) {
  if (next != *identity_) identity_ = std::make_shared<const Identity>(std::move(next));
}

void Credentials::reject(const IdentityPtr& identity) {
  const std::lock_guard lock(mutex_);
  if (identity != identity_) return;
  read_at_.reset();
  has_run_ = false;
}

void Credentials::read_files(Identity& next) const {
  // An empty file is about to be written; without a token we would be anonymous, and trust anybody without a CA.
  if (const auto token = read_file(config_.token_file); token && !trim(*token).empty())
    next.token = std::string(trim(*token));
  if (auto ca = read_file(config_.ca_file); ca && !trim(*ca).empty()) next.ca_pem = std::move(*ca);
  auto certificate = read_file(config_.client_cert_file), key = read_file(config_.client_key_file);
  if (!certificate || !key) return;
  next.cert_pem = std::move(*certificate);
  next.key_pem = std::move(*key);
}

bool Credentials::needs_run() const {
  return config_.exec && (!has_run_ || (expires_at_ && clock_.now() >= *expires_at_));
}

Result<void> Credentials::await_plugin(std::unique_lock<std::mutex>& lock, Steady::time_point until,
                                       std::stop_token stop) {
  if (!is_running_) {
    if (failure_ && Steady::now() - failed_at_ < kPauseAfterFailure) return fail(*failure_);
    failure_.reset();
    plugin_ = std::jthread([this](std::stop_token ended) { run_plugin(std::move(ended)); });
    is_running_ = true;
  }
  const std::uint64_t before = runs_;
  if (!ended_.wait_until(lock, stop, until, [&] { return runs_ != before; })) {
    if (stop.stop_requested()) return fail(Code::kCancelled, "NotSent", "the request was cancelled before it was sent");
    return fail(Code::kUnavailable, "CredentialPluginSlow",
                fmt::format("credential plugin {} has not answered yet", config_.exec->command));
  }
  if (failure_) return fail(*failure_);
  return {};
}

void Credentials::run_plugin(std::stop_token stop) {
  Result<ExecCredential> given = caught([&] { return run_exec_plugin(*config_.exec, stop); });
  {
    const std::lock_guard lock(mutex_);
    is_running_ = false;
    ++runs_;
    if (given) {
      Identity next = *identity_;
      next.token = std::move(given->token);
      next.cert_pem = std::move(given->cert_pem);
      next.key_pem = std::move(given->key_pem);
      keep(std::move(next));
      expires_at_ = given->expires_at;
      has_run_ = true;
    } else {
      failure_ = std::move(given).error();
      failed_at_ = Steady::now();
    }
  }
  ended_.notify_all();
}

}  // namespace gyre::kube
