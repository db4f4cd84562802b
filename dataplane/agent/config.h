#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "dataplane/protocol/protocol.h"
#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::agent {

struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const Address&) const = default;
};

// "127.0.0.1:8000", "[::1]:8000" or "name:80". kInvalid says which.
Result<Address> parse_address(std::string_view text);

struct Config {
  std::string service;
  std::string revision;
  std::string model;
  std::string model_version;
  std::string baseline_digest;
  protocol::Mapping mapping;
  Address upstream;
  Address listen;
  Address metrics_listen;
  std::string collector;  // https://host:port; empty: nobody to report to.
  std::string ca_file;
  std::string token_file;
  std::string routes_file;
  std::string baseline_file;
  std::string buckets_folder;
  Duration timeout = std::chrono::seconds(60);
};

// Empty for a variable that is not set.
using Environment = std::function<std::string(const std::string& name)>;

// The GYRE_* variables. Errors name the variable.
Result<Config> read_config(const Environment& environment);

}  // namespace gyre::agent
