#include "webhooks/certificates.h"

#include <algorithm>

#include "webhooks/x509.h"

namespace gyre::webhooks {
namespace {

constexpr Duration kCaLife = std::chrono::hours(24 * 365);
constexpr Duration kServingLife = std::chrono::hours(24 * 90);
constexpr Duration kRenewBefore = std::chrono::hours(24 * 30);
// Kubelets bring a changed ConfigMap into pods within minutes; a day covers nodes that were away.
constexpr Duration kOverlap = std::chrono::hours(24);
// For clocks that are late.
constexpr Duration kStartsBefore = std::chrono::hours(1);

Result<Certificates> created(const std::vector<std::string>& dns_names, Time now) {
  Certificates out;
  Result<KeyPair> ca = make_ca(now);
  if (!ca) return fail(std::move(ca).error());
  out.ca = std::move(*ca);
  Result<KeyPair> serving = make_serving(out.ca, dns_names, now);
  if (!serving) return fail(std::move(serving).error());
  out.serving = std::move(*serving);
  return out;
}

Result<Certificates> with_new_serving(Certificates out, const std::vector<std::string>& dns_names, Time now) {
  Result<KeyPair> serving = make_serving(out.ca, dns_names, now);
  if (!serving) return fail(std::move(serving).error());
  out.serving = std::move(*serving);
  return out;
}

std::optional<x509::CertificateInfo> usable(const KeyPair& pair) {
  const auto info = x509::read(pair.certificate);
  return info && x509::check_key(pair) ? std::optional(*info) : std::nullopt;
}

// Nobody could read a bundle that has such a thing in it.
Certificates without_useless(Certificates out) {
  const CertificateFacts facts = facts_of(out);
  if (!facts.next_start) out.next.reset();
  if (!facts.previous_end) out.previous.clear();
  return out;
}

}  // namespace

std::string Certificates::bundle() const { return ca.certificate + (next ? next->certificate : "") + previous; }

Result<KeyPair> make_ca(Time now) { return x509::make_ca("gyre-ca", now - kStartsBefore, now + kCaLife); }

Result<KeyPair> make_serving(const KeyPair& ca, const std::vector<std::string>& dns_names, Time now) {
  return x509::make_serving(ca, dns_names, now - kStartsBefore, now + kServingLife);
}

CertificateFacts facts_of(const Certificates& certificates) {
  CertificateFacts facts;
  if (const auto ca = usable(certificates.ca)) facts.ca_end = ca->end;
  if (certificates.next)
    if (const auto next = usable(*certificates.next)) facts.next_start = next->start + kStartsBefore;
  if (!certificates.previous.empty())
    if (const auto previous = x509::read(certificates.previous)) facts.previous_end = previous->end;
  if (!facts.ca_end || !x509::check_signature(certificates.serving.certificate, certificates.ca.certificate))
    return facts;
  if (const auto serving = usable(certificates.serving)) {
    facts.serving_end = serving->end;
    facts.dns_names = serving->dns_names;
  }
  return facts;
}

Rotation rotation_for(const CertificateFacts& facts, const std::vector<std::string>& dns_names, Time now) {
  const bool has_ended = !facts.ca_end || *facts.ca_end <= now;
  if (facts.next_start && (has_ended || *facts.next_start + kOverlap <= now)) return Rotation::kSwitch;
  if (has_ended) return Rotation::kCreate;
  if (!facts.next_start && *facts.ca_end - now < kRenewBefore) return Rotation::kAddNext;
  if (!facts.serving_end || *facts.serving_end - now < kRenewBefore || facts.dns_names != dns_names)
    return Rotation::kRenewServing;
  if (facts.previous_end && *facts.previous_end <= now) return Rotation::kDropPrevious;
  return Rotation::kKeep;
}

Result<Certificates> rotated(const Certificates& present, Rotation rotation, const std::vector<std::string>& dns_names,
                             Time now) {
  Certificates out = present;
  switch (rotation) {
    case Rotation::kKeep:
      return out;
    case Rotation::kCreate:
      return created(dns_names, now);
    case Rotation::kRenewServing:
      return with_new_serving(std::move(out), dns_names, now);
    case Rotation::kAddNext: {
      Result<KeyPair> next = make_ca(now);
      if (!next) return fail(std::move(next).error());
      out.next = std::move(*next);
      return out;
    }
    case Rotation::kSwitch:
      out.previous = out.ca.certificate;
      out.ca = *out.next;
      out.next.reset();
      return with_new_serving(std::move(out), dns_names, now);
    case Rotation::kDropPrevious:
      out.previous.clear();
      return out;
  }
  return out;
}

Result<Certificates> up_to_date(const std::optional<Certificates>& present, const std::vector<std::string>& dns_names,
                                Time now) {
  Certificates out = without_useless(present.value_or(Certificates{}));
  // Each step makes the next one's facts; no more than all of them can be due.
  for (int step = 0; step < 6; ++step) {
    const Rotation rotation = rotation_for(facts_of(out), dns_names, now);
    if (rotation == Rotation::kKeep) break;
    Result<Certificates> next = rotated(out, rotation, dns_names, now);
    if (!next) return next;
    out = without_useless(std::move(*next));
  }
  return out;
}

}  // namespace gyre::webhooks
