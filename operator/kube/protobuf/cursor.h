#pragma once

#include <cstdint>
#include <string_view>

namespace gyre::kube::protobuf {

// Walks through the fields of one message (https://protobuf.dev/programming-guides/encoding/). What it returns refers
// to the bytes that it was made of.
class Cursor {
 public:
  // At the first field.
  explicit Cursor(std::string_view bytes) : rest_(bytes) { next(); }

  void next();
  // Also where the bytes are not well-formed.
  bool is_at_end() const { return is_at_end_; }
  bool is_broken() const { return is_broken_; }

  bool is_at(std::uint32_t number) const { return !is_at_end_ && number_ == number; }
  std::uint32_t number() const { return number_; }
  // Whether the field is text, bytes or a message, and not an integer.
  bool is_text() const { return is_text_; }
  // Empty when it is an integer.
  std::string_view text() const { return text_; }
  // Zero when it is text.
  std::int64_t integer() const { return static_cast<std::int64_t>(integer_); }

 private:
  bool read_field();
  bool read_varint(std::uint64_t& out);

  std::string_view rest_;
  std::string_view text_;
  std::uint64_t integer_ = 0;
  std::uint32_t number_ = 0;
  bool is_text_ = false;
  bool is_at_end_ = false;
  bool is_broken_ = false;
};

// The first field of that number, if it is text.
std::string_view text_of(std::string_view message, std::uint32_t number);

}  // namespace gyre::kube::protobuf
