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

}  // namespace

std::string Certificates::bundle() const { return ca.certificate + (next ? next->certificate : "") + previous; }

Result<KeyPair> make_ca(Time now) { return x509::make_ca("gyre-ca", now - std::chrono::hours(1), now + kCaLife); }

Result<KeyPair> make_serving(const KeyPair& ca, const std::vector<std::string>& dns_names, Time now) {
  return x509::make_serving(ca, dns_names, now - std::chrono::hours(1), now + kServingLife);
}

Result<CertificateFacts> facts_of(const Certificates& certificates) {
  const auto ca = x509::read(certificates.ca.certificate);
  if (!ca) return fail(ca.error());
  const auto serving = x509::read(certificates.serving.certificate);
  if (!serving) return fail(serving.error());
  for (const KeyPair* pair : {&certificates.ca, &certificates.serving})
    if (const auto ok = x509::check_key(*pair); !ok) return fail(ok.error());
  if (const auto ok = x509::check_signature(certificates.serving.certificate, certificates.ca.certificate); !ok)
    return fail(ok.error());
  CertificateFacts facts{ca->end, std::nullopt, std::nullopt, serving->end, serving->dns_names};
  if (certificates.next) {
    const auto next = x509::read(certificates.next->certificate);
    if (!next) return fail(next.error());
    if (const auto ok = x509::check_key(*certificates.next); !ok) return fail(ok.error());
    facts.next_start = next->start + std::chrono::hours(1);
  }
  if (!certificates.previous.empty()) {
    const auto previous = x509::read(certificates.previous);
    if (!previous) return fail(previous.error());
    facts.previous_end = previous->end;
  }
  return facts;
}

Rotation rotation_for(const std::optional<CertificateFacts>& facts, const std::vector<std::string>& dns_names,
                      Time now) {
  if (!facts || facts->ca_end <= now) return Rotation::kCreate;
  if (facts->next_start && *facts->next_start + kOverlap <= now) return Rotation::kSwitch;
  if (!facts->next_start && facts->ca_end - now < kRenewBefore) return Rotation::kAddNext;
  if (facts->serving_end - now < kRenewBefore || facts->dns_names != dns_names) return Rotation::kRenewServing;
  if (facts->previous_end && *facts->previous_end <= now) return Rotation::kDropPrevious;
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
  Certificates out = present.value_or(Certificates{});
  // Each step makes the next one's facts; no more than all of them can be due.
  for (int step = 0; step < 6; ++step) {
    const Result<CertificateFacts> facts = facts_of(out);
    const Rotation rotation = rotation_for(facts ? std::optional(*facts) : std::nullopt, dns_names, now);
    if (rotation == Rotation::kKeep) break;
    Result<Certificates> next = rotated(out, rotation, dns_names, now);
    if (!next) return next;
    out = std::move(*next);
  }
  return out;
}

}  // namespace gyre::webhooks
