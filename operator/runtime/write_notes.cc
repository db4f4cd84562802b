#include "operator/runtime/write_notes.h"

namespace gyre::runtime {
namespace {

constexpr Duration kSweep = std::chrono::minutes(1);

}  // namespace

WriteNotes::Note& WriteNotes::note_of(const std::string& owner) {
  const Time now = clock_.now();
  const auto is_old = [now](const Note& note) { return now - note.at > kNotesStand; };
  if (now - swept_ > kSweep) {
    std::erase_if(notes_, [&](const auto& entry) { return is_old(entry.second); });
    swept_ = now;
  }
  Note& note = notes_[owner];
  if (is_old(note)) note = {.at = now};
  return note;
}

void WriteNotes::note_lost(const std::string& owner, Target target) {
  const std::lock_guard lock(mutex_);
  note_of(owner).lost.push_back(std::move(target));
}

std::vector<WriteNotes::Target> WriteNotes::lost(const std::string& owner) const {
  const std::lock_guard lock(mutex_);
  const auto note = notes_.find(owner);
  if (note == notes_.end() || clock_.now() - note->second.at > kNotesStand) return {};
  return note->second.lost;
}

void WriteNotes::forget_lost(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  const auto note = notes_.find(owner);
  if (note == notes_.end()) return;
  note->second.lost.clear();
  if (note->second.settled.empty()) notes_.erase(note);
}

void WriteNotes::note_settled(const std::string& owner, std::int64_t generation, std::uint64_t what,
                              Result<void> outcome) {
  const std::lock_guard lock(mutex_);
  Note& note = note_of(owner);
  if (note.generation != generation) note.settled.clear();
  note.generation = generation;
  note.settled.insert_or_assign(what, std::move(outcome));
}

std::optional<Result<void>> WriteNotes::settled(const std::string& owner, std::int64_t generation,
                                                std::uint64_t what) const {
  const std::lock_guard lock(mutex_);
  const auto note = notes_.find(owner);
  if (note == notes_.end() || note->second.generation != generation) return std::nullopt;
  if (clock_.now() - note->second.at > kNotesStand) return std::nullopt;
  const auto outcome = note->second.settled.find(what);
  if (outcome == note->second.settled.end()) return std::nullopt;
  return outcome->second;
}

}  // namespace gyre::runtime
