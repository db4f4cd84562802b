#include "operator/runtime/write_notes.h"

namespace gyre::runtime {
namespace {

// An owner that is gone leaves its note; and what refused an object, as a policy, may have changed.
constexpr Duration kKept = std::chrono::hours(1);

}  // namespace

WriteNotes::Note& WriteNotes::note_of(const std::string& owner) {
  const Time now = clock_.now();
  std::erase_if(notes_, [&](const auto& entry) { return now - entry.second.at > kKept; });
  const auto [note, fresh] = notes_.try_emplace(owner);
  if (fresh) note->second.at = now;
  return note->second;
}

void WriteNotes::note_lost(const std::string& owner, Target target) {
  const std::lock_guard lock(mutex_);
  note_of(owner).lost.push_back(std::move(target));
}

std::vector<WriteNotes::Target> WriteNotes::lost(const std::string& owner) const {
  const std::lock_guard lock(mutex_);
  const auto note = notes_.find(owner);
  if (note == notes_.end() || clock_.now() - note->second.at > kKept) return {};
  return note->second.lost;
}

void WriteNotes::forget_lost(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  const auto note = notes_.find(owner);
  if (note == notes_.end()) return;
  note->second.lost.clear();
  if (note->second.refused.empty()) notes_.erase(note);
}

void WriteNotes::note_refused(const std::string& owner, std::int64_t generation, std::uint64_t what, Error why) {
  const std::lock_guard lock(mutex_);
  Note& note = note_of(owner);
  if (note.generation != generation) note.refused.clear();
  note.generation = generation;
  note.refused.insert_or_assign(what, std::move(why));
}

std::optional<Error> WriteNotes::refusal(const std::string& owner, std::int64_t generation, std::uint64_t what) const {
  const std::lock_guard lock(mutex_);
  const auto note = notes_.find(owner);
  if (note == notes_.end() || note->second.generation != generation) return std::nullopt;
  if (clock_.now() - note->second.at > kKept) return std::nullopt;
  const auto why = note->second.refused.find(what);
  if (why == note->second.refused.end()) return std::nullopt;
  return why->second;
}

}  // namespace gyre::runtime
