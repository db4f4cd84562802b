#include "operator/kube/credentials.h"

#include <fstream>
#include <sstream>

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

Result<IdentityPtr> Credentials::current(std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  const auto now = Steady::now();
  const bool is_old = !read_at_ || now - *read_at_ >= max_age_;
  if (!is_old && !needs_run()) return identity_;
  Identity next = *identity_;
  if (is_old) {
    read_files(next);
    read_at_ = now;
  }
  if (needs_run())
    if (const auto ran = run_plugin(next, stop); !ran) return fail(ran.error());
  if (next != *identity_) identity_ = std::make_shared<const Identity>(std::move(next));
  return identity_;
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

Result<void> Credentials::run_plugin(Identity& next, std::stop_token stop) {
  if (failure_ && Steady::now() - failed_at_ < kPauseAfterFailure) return fail(*failure_);
  failure_.reset();
  Result<ExecCredential> given = run_exec_plugin(*config_.exec, stop);
  if (!given) {
    if (given.error().code == Code::kCancelled) return fail(given.error());
    failure_ = given.error();
    failed_at_ = Steady::now();
    return fail(*failure_);
  }
  next.token = std::move(given->token);
  next.cert_pem = std::move(given->cert_pem);
  next.key_pem = std::move(given->key_pem);
  expires_at_ = given->expires_at;
  has_run_ = true;
  return {};
}

}  // namespace gyre::kube
