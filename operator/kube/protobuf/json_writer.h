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
  explicit JsonWriter(std::string& out, Strangers strangers, std::string_view left_out = {})
      : out_(out), strangers_(strangers), left_out_(left_out) {}

  // {"apiVersion":…,"kind":…, and the members.
  void object(const Root& root, std::string_view wire);
  // Whether something was malformed, or a stranger was refused: then what was written is of no use.
  bool is_broken() const { return !problem_.empty(); }
  // The first such, for people: "field 99 in or after spec is not known".
  const std::string& problem() const { return problem_; }

 private:
  struct Part {
    std::string_view text;
    std::int64_t integer = 0;
    bool is_integer = false;
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

  // The fields of a message that is no object in JSON, by number; what each is: 'i'nteger, 't'ext, or '?'.
  template <std::size_t kSize>
  std::array<Part, kSize - 1> parts(std::string_view wire, const char (&types)[kSize]);
  void note_malformed();
  void note_stranger(std::uint32_t number);

  std::string& out_;
  const Strangers strangers_;
  const std::string_view left_out_;
  int depth_ = 0;            // Of the object that is written.
  std::string_view member_;  // The last one that was begun.
  std::string problem_;
};

}  // namespace gyre::kube::protobuf
