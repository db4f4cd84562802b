#include "operator/kube/frame_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/protobuf.h"

namespace gyre::kube {
namespace {

using support::prefixed;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kIgnore = [](std::string_view) {};

std::vector<std::string> frames_of(FrameBuffer& buffer, const std::vector<std::string>& pieces) {
  std::vector<std::string> frames;
  for (const std::string& piece : pieces)
    buffer.feed(piece, [&](std::string_view frame) { frames.emplace_back(frame); });
  return frames;
}

std::vector<std::string> each_byte(const std::string& text) {
  std::vector<std::string> bytes;
  for (const char c : text) bytes.emplace_back(1, c);
  return bytes;
}

TEST(Lines, PiecesAreJoinedAndCutAtNewlines) {
  FrameBuffer buffer(100, Framing::kLines);
  EXPECT_THAT(frames_of(buffer, {"ab", "c\nde", "f\n\n", "g\nh\ni"}), ElementsAre("abc", "def", "g", "h"));
}

TEST(Lines, ByteByByteGivesTheSame) {
  FrameBuffer buffer(100, Framing::kLines);
  EXPECT_THAT(frames_of(buffer, each_byte("one\n\ntwo three\nfour\n")), ElementsAre("one", "two three", "four"));
}

TEST(Lines, AnUnfinishedLineIsNotGiven) {
  FrameBuffer buffer(100, Framing::kLines);
  EXPECT_THAT(frames_of(buffer, {"{\"type\":"}), IsEmpty());
}

TEST(Lines, ALineMayBeAsLongAsItsLimitAndNoLonger) {
  FrameBuffer whole(5, Framing::kLines), pieces(5, Framing::kLines), endless(5, Framing::kLines);
  EXPECT_EQ(whole.feed("12345\n1234567\n", kIgnore), FrameBuffer::Fed::kTooLong);
  EXPECT_EQ(pieces.feed("123", kIgnore), FrameBuffer::Fed::kFine);
  EXPECT_EQ(pieces.feed("45\n123", kIgnore), FrameBuffer::Fed::kFine);
  EXPECT_EQ(pieces.feed("456\n", kIgnore), FrameBuffer::Fed::kTooLong);
  EXPECT_EQ(endless.feed("123456", kIgnore), FrameBuffer::Fed::kTooLong);
}

TEST(PrefixedFrames, EachIsAsLongAsItsPrefixSaysHoweverItComes) {
  const std::string stream = prefixed("one") + prefixed("") + prefixed("two\nlines") + prefixed(std::string(300, 'x'));
  const auto expected = ElementsAre("one", "two\nlines", std::string(300, 'x'));
  for (const std::size_t size : {1, 2, 3, 5, 7, 50, 1000}) {
    FrameBuffer buffer(1000, Framing::kPrefixed);
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < stream.size(); at += size) pieces.push_back(stream.substr(at, size));
    EXPECT_THAT(frames_of(buffer, pieces), expected) << size;
  }
}

TEST(PrefixedFrames, AnUnfinishedFrameIsNotGiven) {
  FrameBuffer buffer(100, Framing::kPrefixed);
  EXPECT_THAT(frames_of(buffer, {prefixed("one").substr(0, 6)}), IsEmpty());
}

TEST(PrefixedFrames, AFrameMayBeAsLongAsItsLimitAndNoLonger) {
  FrameBuffer fine(5, Framing::kPrefixed), whole(5, Framing::kPrefixed), pieces(5, Framing::kPrefixed);
  EXPECT_EQ(fine.feed(prefixed("12345"), kIgnore), FrameBuffer::Fed::kFine);
  EXPECT_EQ(whole.feed(prefixed("123456"), kIgnore), FrameBuffer::Fed::kTooLong);
  EXPECT_EQ(pieces.feed(std::string("\xff\xff", 2), kIgnore), FrameBuffer::Fed::kFine);
  EXPECT_EQ(pieces.feed(std::string("\xff\xff", 2), kIgnore), FrameBuffer::Fed::kTooLong);
}

}  // namespace
}  // namespace gyre::kube
