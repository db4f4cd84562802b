#include "operator/runtime/packed_text.h"

#include <lz4.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "operator/base/check.h"

namespace gyre::runtime {
namespace {

// LZ4 refers back at most 64 KiB; half of it leaves the other half to the text itself.
constexpr std::size_t kLargestDictionary = 32 * 1024;
// The first text teaches the form of its kind. By the second lesson there are some in each state of their lives.
constexpr std::uint64_t kLessons[] = {1, 100};
constexpr int kSamplesALesson = 8;

}  // namespace

struct TextPacker::Dictionary {
  explicit Dictionary(std::string text_in) : text(std::move(text_in)) {
    LZ4_initStream(&prepared, sizeof(prepared));
    LZ4_loadDict(&prepared, text.data(), static_cast<int>(text.size()));
  }
  const std::string text;
  LZ4_stream_t prepared;  // With the dictionary's hash table: copied for every text.
};

TextPacker::TextPacker() { dictionaries_.push_back(std::make_unique<const Dictionary>(std::string())); }
TextPacker::~TextPacker() = default;

// The dictionary for this text. Those of before stay, for what was packed with them.
const TextPacker::Dictionary& TextPacker::learn(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (seen_ > kLessons[std::size(kLessons) - 1]) return *dictionaries_.back();
  ++seen_;
  for (const std::uint64_t lesson : kLessons) {
    if (seen_ > lesson || seen_ + kSamplesALesson <= lesson) continue;
    if (samples_.size() + text.size() <= kLargestDictionary) samples_ += text;
    if (seen_ == lesson) dictionaries_.push_back(std::make_unique<const Dictionary>(std::exchange(samples_, {})));
  }
  return *dictionaries_.back();
}

PackedText TextPacker::pack(std::string_view text) {
  CHECK(text.size() <= LZ4_MAX_INPUT_SIZE);
  const Dictionary& dictionary = learn(text);
  const int size = static_cast<int>(text.size());
  const int bound = LZ4_compressBound(size);
  const auto room = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(bound));
  LZ4_stream_t stream = dictionary.prepared;
  const int packed = LZ4_compress_fast_continue(&stream, text.data(), room.get(), size, bound, 1);
  CHECK(packed > 0);
  auto bytes = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(packed));
  std::copy_n(room.get(), packed, bytes.get());
  return {std::move(bytes), static_cast<std::uint32_t>(packed), static_cast<std::uint32_t>(size), &dictionary};
}

std::string TextPacker::unpack(const PackedText& packed) {
  std::string text;
  unpack(packed, text);
  return text;
}

void TextPacker::unpack(const PackedText& packed, std::string& text) {
  const std::string& dictionary = static_cast<const Dictionary*>(packed.dictionary)->text;
  text.resize(packed.size);
  const int size = LZ4_decompress_safe_usingDict(packed.bytes.get(), text.data(), static_cast<int>(packed.packed_size),
                                                 static_cast<int>(packed.size), dictionary.data(),
                                                 static_cast<int>(dictionary.size()));
  CHECK(size == static_cast<int>(packed.size));
}

}  // namespace gyre::runtime
