#include "tests/support/protobuf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "operator/base/base64.h"
#include "operator/kube/protobuf/cursor.h"
#include "operator/kube/protobuf/object.h"
#include "operator/kube/watch_event.h"

namespace gyre::kube {
namespace {

using nlohmann::json;
using support::integer_field;
using support::map_field;
using support::map_message;
using support::meta_message;
using support::sealed;
using support::text_field;
using support::watch_frame;
using testing::HasSubstr;

std::string config_map(const std::string& message) { return sealed("v1", "ConfigMap", message); }
std::string simple_map(std::string_view version = "7") {
  return config_map(map_message(meta_message("n", "x", version), "k", "v"));
}

// What Kubernetes' own code wrote, in both encodings (operator/kube/protobuf/generate).
struct Sample {
  std::string name;
  std::string protobuf;
  json object;
};

// No one reads them, wherever they are.
void drop_managed_fields(json& value) {
  if (value.is_object()) value.erase("managedFields");
  if (value.is_structured())
    for (json& each : value) drop_managed_fields(each);
}

std::vector<Sample> samples() {
  std::ifstream file(GYRE_SOURCE_DIR "/tests/golden/built_in_kinds.jsonl");
  std::vector<Sample> out;
  for (std::string line; std::getline(file, line);) {
    json sample = json::parse(line);
    drop_managed_fields(sample["json"]);
    out.push_back({sample["name"], from_base64(sample["protobuf"].get<std::string>()).value(), sample["json"]});
  }
  return out;
}

TEST(Protobuf, EveryFieldOfEveryKindIsTheJsonThatKubernetesMakesOfIt) {
  const std::vector<Sample> all = samples();
  ASSERT_EQ(all.size(), 3 * protobuf::roots().size());
  for (const Sample& sample : all) {
    SCOPED_TRACE(sample.name);
    const auto object = parse_object(sample.protobuf);
    ASSERT_TRUE(object) << object.error().message;
    const json differences = json::diff(sample.object, json::parse(object->text));
    EXPECT_EQ(differences, json::array()) << differences.dump(1).substr(0, 2000);
  }
}

TEST(Protobuf, AnObjectIsKnownByTheNameAndVersionOfItsJson) {
  for (const Sample& sample : samples()) {
    if (sample.object["kind"] == "Status") continue;
    SCOPED_TRACE(sample.name);
    const auto raw = parse_object(sample.protobuf), from_json = parse_object(sample.object.dump());
    ASSERT_TRUE(raw && from_json);
    EXPECT_EQ(raw->key, from_json->key);
    EXPECT_EQ(raw->version, from_json->version);
  }
}

TEST(Protobuf, ACutAnswerIsNoObject) {
  const std::string whole = simple_map();
  const json object = json::parse(parse_object(whole)->text);
  // Without its last two fields, which are empty, nothing is missing.
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = parse_object(std::string_view(whole).substr(0, size));
    EXPECT_TRUE(!cut || json::parse(cut->text) == object) << size;
    EXPECT_TRUE(!cut || size >= whole.size() - 4) << size;
  }
}

TEST(Protobuf, WhatIsInNoTableOrMalformedIsSaidToBeSo) {
  const std::string metadata = meta_message("n", "x", "7");
  const std::string broken[] = {
      text_field(1, metadata) + text_field(99, "new"),
      text_field(1, metadata + integer_field(15, 1)),
      text_field(1, metadata) + integer_field(2, 1),
      text_field(1, metadata) + text_field(4, "not a bool"),
      text_field(1, metadata) + text_field(1, metadata),
      text_field(1, metadata) + text_field(2, "\x0f"),
      text_field(1, metadata) + "\xff\xff\xff",
      text_field(1, metadata + text_field(8, integer_field(1, 1ull << 62))),
      text_field(1, metadata + text_field(8, integer_field(3, 1))),
      text_field(1, metadata + text_field(8, text_field(1, "now"))),
      text_field(1, metadata) + text_field(2, text_field(1, "k") + integer_field(2, 5)),
      text_field(1, metadata) + text_field(2, integer_field(1, 5) + text_field(2, "v")),
      text_field(1, metadata) + text_field(2, text_field(1, "k") + text_field(2, "v") + text_field(3, "w")),
  };
  for (const std::string& message : broken) {
    const auto object = parse_object(config_map(message));
    ASSERT_FALSE(object) << testing::PrintToString(message);
    EXPECT_EQ(object.error().reason, protobuf::kNotInTables);
    EXPECT_THAT(object.error().message, HasSubstr("ConfigMap in protocol buffers: "));
  }
}

TEST(Protobuf, AFieldThatIsNotKnownIsNamed) {
  const auto problem = [](std::string_view message) {
    return parse_object(sealed("v1", "Pod", message)).error().message;
  };
  EXPECT_THAT(problem(text_field(99, "")), HasSubstr("field 99"));
  EXPECT_THAT(problem(text_field(2, text_field(999, ""))), HasSubstr("field 999 in or after spec is not known"));
  EXPECT_THAT(problem(text_field(2, integer_field(3, 1))), HasSubstr("restartPolicy is malformed"));
}

TEST(Protobuf, AnObjectOfAnotherKindOrEncodingIsNotOpened) {
  EXPECT_FALSE(protobuf::open(sealed("v1", "Secret", "")));
  EXPECT_FALSE(protobuf::open(sealed("v2", "ConfigMap", "")));
  EXPECT_FALSE(protobuf::open(sealed("apps/v1", "ConfigMap", "")));
  EXPECT_FALSE(protobuf::open(simple_map() + text_field(3, "gzip")));
  EXPECT_FALSE(protobuf::open("{}"));
  EXPECT_FALSE(protobuf::open(""));
}

TEST(Protobuf, TextThatIsNoneIsWrittenAsKubernetesWritesIt) {
  const auto object = parse_object(config_map(map_message(meta_message("n", "x", "7"), "k", "a\xff\xc3z")));
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ(json::parse(object->text)["data"]["k"], "a\uFFFD\uFFFDz");
}

TEST(Protobuf, TheEpochIsATimeAndNothingIsNone) {
  const auto deleted = [](const std::string& time) {
    const std::string meta = meta_message("n", "x", "7") + text_field(9, time);
    return json::parse(parse_object(config_map(text_field(1, meta)))->text)["metadata"]["deletionTimestamp"];
  };
  EXPECT_EQ(deleted(integer_field(1, 0) + integer_field(2, 0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(deleted(integer_field(1, 0) + integer_field(2, 5)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(deleted(integer_field(1, static_cast<std::uint64_t>(-1))), "1969-12-31T23:59:59Z");
  EXPECT_EQ(deleted(""), nullptr);
}

TEST(Protobuf, OthersJsonHasToBeJson) {
  const auto revision = [](std::string_view data) {
    return parse_object(sealed("apps/v1", "ControllerRevision", text_field(2, text_field(1, data))));
  };
  EXPECT_EQ(json::parse(revision(R"( {"a": [1]} )")->text)["data"], json({{"a", {1}}}));
  for (const char* data : {"{", "1, \"kind\": 2", "\xa1"}) EXPECT_FALSE(revision(data)) << data;
}

TEST(Protobuf, ARefusalIsReadAlthoughItSaysMoreThanWeKnow) {
  const std::string details = text_field(1, "x") + integer_field(5, 7) + text_field(99, "new");
  const std::string status = text_field(1, text_field(99, "new")) + text_field(3, "no") + text_field(5, details) +
                             integer_field(6, 429) + integer_field(99, 1);
  const auto text = protobuf::status_to_json(protobuf::open(sealed("v1", "Status", status)).value());
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(json::parse(*text)["message"], "no");
  EXPECT_EQ(json::parse(*text)["details"]["retryAfterSeconds"], 7);
  EXPECT_EQ(json::parse(*text)["code"], 429);
}

TEST(Protobuf, ManagedFieldsAndTheLastAppliedAnnotationAreLeftOut) {
  const std::string meta = meta_message("n", "x", "7") + map_field(12, "a", "b") +
                           map_field(12, std::string(kLastApplied), "{}") + text_field(17, "never looked at");
  const auto object = parse_object(config_map(text_field(1, meta)));
  ASSERT_TRUE(object) << object.error().message;
  const json metadata = json::parse(object->text)["metadata"];
  EXPECT_EQ(metadata["annotations"], json({{"a", "b"}}));
  EXPECT_FALSE(metadata.contains("managedFields"));
}

TEST(Protobuf, TheContentIsTheSameWhileOnlyVersionsStatusAndFieldManagersChange) {
  const auto content = [](const std::string& object) { return parse_object(object).value().content; };
  const std::string meta = meta_message("n", "x", "7");
  const std::uint64_t before = content(config_map(map_message(meta, "k", "v")));
  EXPECT_EQ(before, content(config_map(map_message(meta_message("n", "x", "8"), "k", "v"))));
  EXPECT_EQ(before, content(config_map(map_message(meta + text_field(17, "somebody"), "k", "v"))));
  EXPECT_EQ(before, content(config_map(map_message(meta + map_field(12, std::string(kLastApplied), "{}"), "k", "v"))));
  EXPECT_NE(before, content(config_map(map_message(meta, "k", "w"))));
  EXPECT_NE(before, content(config_map(map_message(meta, "w", "v"))));
  EXPECT_NE(before, content(config_map(map_message(meta + map_field(11, "a", "b"), "k", "v"))));
  const std::string pod = text_field(1, meta);
  EXPECT_EQ(content(sealed("v1", "Pod", pod)),
            content(sealed("v1", "Pod", pod + text_field(3, text_field(1, "Failed")))));
  EXPECT_NE(content(sealed("v1", "Pod", pod)), content(sealed("v1", "Pod", pod + text_field(2, integer_field(4, 1)))));
}

TEST(ProtobufWatch, EveryTypeIsKnown) {
  const std::pair<const char*, FrameType> types[] = {
      {"ADDED", FrameType::kAdded}, {"MODIFIED", FrameType::kModified}, {"DELETED", FrameType::kDeleted}};
  for (const auto& [name, type] : types) {
    const auto event = parse_watch_event(watch_frame(name, simple_map()));
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(event->type, type);
    EXPECT_EQ(event->object.key, (Key{"n", "x"}));
    EXPECT_EQ(event->object.version, "7");
  }
}

TEST(ProtobufWatch, WhatIsKnownComesWithoutItsText) {
  const auto knows_7 = [](const Key&, std::string_view version) { return version == "7"; };
  EXPECT_EQ(parse_watch_event(watch_frame("MODIFIED", simple_map("7")), knows_7)->object.text, "");
  EXPECT_THAT(parse_watch_event(watch_frame("MODIFIED", simple_map("8")), knows_7)->object.text,
              HasSubstr("\"k\":\"v\""));
}

TEST(ProtobufWatch, ABookmarkMayEndTheInitialEvents) {
  const auto bookmark = [](const std::string& annotations) {
    return parse_watch_event(
        watch_frame("BOOKMARK", config_map(text_field(1, meta_message("", "", "9") + annotations))));
  };
  EXPECT_FALSE(bookmark("")->ends_initial_events);
  EXPECT_FALSE(bookmark(map_field(12, std::string(kInitialEventsEnd), "false"))->ends_initial_events);
  const auto end = bookmark(map_field(12, std::string(kInitialEventsEnd), "true"));
  EXPECT_TRUE(end->ends_initial_events);
  EXPECT_EQ(end->object.version, "9");
}

TEST(ProtobufWatch, AnErrorIsReturnedAsOne) {
  const std::string gone = text_field(2, "Failure") + text_field(3, "too old resource version") +
                           text_field(4, "Expired") + integer_field(6, 410);
  const auto event = parse_watch_event(watch_frame("ERROR", sealed("v1", "Status", gone)));
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Code::kGone);
  EXPECT_EQ(event.error().message, "too old resource version");
}

TEST(ProtobufWatch, ABadFrameIsSaidToBeOne) {
  for (const std::string& frame : {std::string("\n"), watch_frame("ADDED", ""), watch_frame("NEW", simple_map()),
                                   watch_frame("ADDED", sealed("v1", "Secret", "")), watch_frame("ERROR", ""),
                                   watch_frame("DELETED", config_map(text_field(1, "\xff"))),
                                   watch_frame("BOOKMARK", config_map(text_field(1, "")))}) {
    const auto event = parse_watch_event(frame);
    ASSERT_FALSE(event) << testing::PrintToString(frame);
    EXPECT_EQ(event.error().code, Code::kInternal);
  }
}

}  // namespace
}  // namespace gyre::kube
