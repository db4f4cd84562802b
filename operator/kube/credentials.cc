#include "operator/kube/credentials.h"

#include <fstream>
#include <optional>
#include <sstream>

#include "operator/base/text.h"

namespace gyre::kube {
namespace {

constexpr auto kMaxAge = std::chrono::minutes(1);

std::optional<std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

}  // namespace

Credentials::Credentials(const Config& config)
    : token_file_(config.token_file), ca_file_(config.ca_file), current_{config.token, config.ca_pem} {}

Credentials::Current Credentials::current() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (expired_ || now - read_at_ > kMaxAge) {
    refresh();
    read_at_ = now;
    expired_ = false;
  }
  return current_;
}

void Credentials::expire() {
  const std::lock_guard lock(mutex_);
  expired_ = true;
}

void Credentials::refresh() {
  if (!token_file_.empty())
    if (const auto token = read_file(token_file_)) current_.token = std::string(trim(*token));
  if (!ca_file_.empty())
    if (auto ca = read_file(ca_file_)) current_.ca_pem = std::move(*ca);
}

}  // namespace gyre::kube
