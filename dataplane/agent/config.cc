#include "dataplane/agent/config.h"

#include <fmt/format.h>

#include <charconv>

namespace gyre::agent {
namespace {

constexpr int kLongestTimeoutSeconds = 3600;

Result<int> parse_number(const std::string& text, int low, int high) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < low || number > high)
    return fail(Code::kInvalid, "InvalidNumber", fmt::format("{} is no number from {} to {}", text, low, high));
  return number;
}

// Reads variables and remembers the first that is wrong.
class Reader {
 public:
  explicit Reader(const Environment& environment) : environment_(environment) {}

  std::string text(const std::string& name, const std::string& otherwise) const {
    std::string value = environment_(name);
    return value.empty() ? otherwise : value;
  }
  std::string required(const std::string& name) {
    std::string value = environment_(name);
    if (value.empty()) note(name, Error{Code::kInvalid, "VariableMissing", "is not set", std::nullopt});
    return value;
  }
  template <class T>
  T keep(const std::string& name, Result<T> value) {
    if (value) return *std::move(value);
    note(name, std::move(value).error());
    return T{};
  }
  Address address(const std::string& name, const std::string& otherwise) {
    return keep(name, parse_address(text(name, otherwise)));
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  void note(const std::string& name, Error error) {
    if (!error_) error_ = with_context(std::move(error), name);
  }
  const Environment& environment_;
  std::optional<Error> error_;
};

}  // namespace

Result<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return fail(Code::kInvalid, "InvalidAddress", fmt::format("\"{}\" is no address; write host:port", text));
  Result<int> port = parse_number(std::string(text.substr(colon + 1)), 0, 65535);
  if (!port) return fail(with_context(std::move(port).error(), fmt::format("port of \"{}\"", text)));
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

Result<Config> read_config(const Environment& environment) {
  Reader read(environment);
  Config config;
  config.service = read.required("GYRE_SERVICE");
  config.revision = read.required("GYRE_REVISION");
  config.model = read.text("GYRE_MODEL", config.service);
  config.model_version = read.text("GYRE_MODEL_VERSION", "");
  config.baseline_digest = read.text("GYRE_BASELINE_DIGEST", "");
  config.mapping = read.keep("GYRE_PROTOCOL, GYRE_CUSTOM",
                             protocol::make_mapping(read.text("GYRE_PROTOCOL", "v2"), read.text("GYRE_CUSTOM", "")));
  config.upstream = read.address("GYRE_UPSTREAM", "127.0.0.1:8000");
  config.listen = read.address("GYRE_LISTEN", "0.0.0.0:8080");
  config.metrics_listen = read.address("GYRE_METRICS_LISTEN", "0.0.0.0:9095");
  config.collector = read.text("GYRE_COLLECTOR", "");
  config.ca_file = read.text("GYRE_CA", "/gyre/ca/ca.crt");
  config.token_file = read.text("GYRE_TOKEN", "/gyre/token/token");
  config.routes_file = read.text("GYRE_ROUTES", "/gyre/routes/routes.json");
  config.baseline_file = read.text("GYRE_BASELINE", "/gyre/model/.gyre/baseline.json");
  config.buckets_folder = read.text("GYRE_BUCKETS", "/gyre/buckets");
  config.timeout = std::chrono::seconds(read.keep(
      "GYRE_TIMEOUT_SECONDS", parse_number(read.text("GYRE_TIMEOUT_SECONDS", "60"), 1, kLongestTimeoutSeconds)));
  if (read.error()) return fail(*read.error());
  return config;
}

}  // namespace gyre::agent
