#pragma once

#include <array>
#include <string>
#include <string_view>

#include "operator/kube/protobuf/cursor.h"
#include "operator/kube/protobuf/schema.h"

namespace gyre::kube::protobuf {

// What becomes of fields that are in no table.
enum class Strangers { kRefused, kSkipped };

// Writes messages as the JSON that Kubernetes' Go types have: equal to what the API server itself answers as JSON, but
// for the order of members.
class JsonWriter {
 public:
  // Appends to `out`. An annotation of the outermost object that is called `left_out` is not written.
  explicit JsonWriter(std::string& out, Strangers strangers = Strangers::kRefused, std::string_view left_out = {})
      : out_(out), strangers_(strangers), left_out_(left_out) {}

  // {"apiVersion":…,"kind":…, and the members.
  void object(const Root& root, std::string_view wire);
  // Whether something was malformed, or a stranger was refused: then what was written is of no use.
  bool is_broken() const { return is_broken_; }

 private:
  struct Part {
    std::string_view text;
    std::int64_t integer = 0;
  };

  // Each says whether what it wrote is the zero of its Go type.
  bool object(const Message& message, std::string_view wire);
  bool members(const Message& message, std::string_view wire);
  bool member(const Field& field, Cursor& cursor);
  bool value(const Field& field, const Cursor& cursor);
  bool value(const Field& field, std::string_view text, std::int64_t integer);
  bool time(std::string_view wire);
  bool int_or_string(std::string_view wire);
  bool json(std::string_view raw);

  void absent_member(const Field& field);
  void list(const Field& field, Cursor& cursor);
  void map(const Field& field, Cursor& cursor);
  void name(std::string_view text);
  void comma();
  void quoted(std::string_view text);
  void integer(std::int64_t number);

  // The first `kCount` fields of a message that is no object in JSON.
  template <std::size_t kCount>
  std::array<Part, kCount> parts(std::string_view wire);

  std::string& out_;
  const Strangers strangers_;
  const std::string_view left_out_;
  int depth_ = 0;  // Of the object that is written.
  bool is_broken_ = false;
};

}  // namespace gyre::kube::protobuf
