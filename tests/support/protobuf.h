#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gyre::support {

// Protocol buffers as an API server writes them, for tests that need other bytes than its.

inline std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
inline std::string integer_field(std::uint32_t number, std::uint64_t value) {
  return varint(number << 3) + varint(value);
}
inline std::string text_field(std::uint32_t number, std::string_view text) {
  return varint(number << 3 | 2) + varint(text.size()) + std::string(text);
}
inline std::string map_field(std::uint32_t number, std::string_view key, std::string_view value) {
  return text_field(number, text_field(1, key) + text_field(2, value));
}

// An object in its envelope.
inline std::string sealed(std::string_view api_version, std::string_view kind, std::string_view message) {
  return std::string("k8s\0", 4) + text_field(1, text_field(1, api_version) + text_field(2, kind)) +
         text_field(2, message) + text_field(3, "") + text_field(4, "");
}
inline std::string watch_frame(std::string_view type, std::string_view object) {
  return text_field(1, type) + text_field(2, text_field(1, object));
}
// A frame as a stream has it.
inline std::string prefixed(std::string_view frame) {
  std::string out;
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(frame.size() >> shift);
  return out.append(frame);
}

// A ConfigMap's parts.
inline std::string meta_message(std::string_view namespace_, std::string_view name, std::string_view version) {
  return text_field(1, name) + text_field(2, "") + text_field(3, namespace_) + text_field(6, version);
}
inline std::string map_message(std::string_view metadata, std::string_view data_key, std::string_view data_value) {
  return text_field(1, metadata) + map_field(2, data_key, data_value);
}

}  // namespace gyre::support
