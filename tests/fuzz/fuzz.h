#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "operator/base/check.h"
#include "operator/base/result.h"

// What libFuzzer and the replay call: one input, once. A finding is whatever ends the process.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace gyre::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Errors reach people, logs and conditions: words, in a closed reason, that JSON can carry.
inline void check_error(const Error& error) {
  CHECK(!error.reason.empty());
  CHECK(!error.message.empty());
  CHECK(!nlohmann::json(error.message).dump().empty());
}

}  // namespace gyre::fuzz
