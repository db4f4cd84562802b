#include "operator/kube/protobuf/cursor.h"

namespace gyre::kube::protobuf {
namespace {

// No built-in kind has a field of a fixed-size type or of a group.
constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kLengthDelimited = 2;
constexpr std::uint64_t kLargestNumber = (1u << 29) - 1;
constexpr std::size_t kLongestVarint = 10;

}  // namespace

void Cursor::next() {
  is_at_end_ = rest_.empty() || is_broken_;
  if (is_at_end_ || read_field()) return;
  is_at_end_ = is_broken_ = true;
}

bool Cursor::read_field() {
  std::uint64_t tag = 0;
  if (!read_varint(tag)) return false;
  const std::uint64_t number = tag >> 3;
  if (number == 0 || number > kLargestNumber) return false;
  number_ = static_cast<std::uint32_t>(number);
  is_text_ = (tag & 7) == kLengthDelimited;
  text_ = {};
  integer_ = 0;
  if (!is_text_) return (tag & 7) == kVarint && read_varint(integer_);
  std::uint64_t size = 0;
  if (!read_varint(size) || size > rest_.size()) return false;
  text_ = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool Cursor::read_varint(std::uint64_t& out) {
  out = 0;
  for (std::size_t i = 0; i < rest_.size() && i < kLongestVarint; ++i) {
    const auto byte = static_cast<unsigned char>(rest_[i]);
    out |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte & 0x80) continue;
    rest_.remove_prefix(i + 1);
    return true;
  }
  return false;
}

std::string_view text_of(std::string_view message, std::uint32_t number) {
  Cursor cursor(message);
  while (!cursor.is_at_end() && cursor.number() != number) cursor.next();
  return cursor.is_at_end() ? std::string_view() : cursor.text();
}

}  // namespace gyre::kube::protobuf
