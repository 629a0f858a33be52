// SPDX-License-Identifier: Apache-2.0
#include "runtime/plugin_context.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <stdexcept>
#include <utility>

#include <gatehouse/bus.hpp>
#include <gatehouse/commands.hpp>
#include <gatehouse/jobs.hpp>
#include <gatehouse/keys.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/key_ring.hpp>
#include <gatehouse/services.hpp>

#include "mail/mail_queue.hpp"
#include "runtime/events.hpp"
#include "runtime/route_check.hpp"
#include "runtime/route_words.hpp"

namespace gatehouse {

void* Services::demand(std::string_view name) const {
  void* service = lookup(name);
  if (service == nullptr) {
    throw std::runtime_error(format("service '{}' is not provided by any enabled plugin", name));
  }
  return service;
}

}  // namespace gatehouse

namespace gatehouse::runtime {
namespace {

// Who is speaking, to what. Each facade below is one word of Context.
struct Speaker {
  const std::string plugin;
  const std::uint32_t number;  // from 1 on
  Shared& shared;
  Log& log;

  void only_while_wiring(std::string_view what) const {
    if (!shared.wiring) {
      throw std::logic_error(format("{} is for Plugin::wire() only", what));
    }
  }
};

struct RoutesFacade final : gatehouse::Routes {
  const Speaker& speaker;
  std::deque<RouteWords> words;
  std::deque<RoutesBelow> parts;
  explicit RoutesFacade(const Speaker& s) : speaker(s) {}

  Route& add(const RouteSpec& spec, std::unique_ptr<Endpoint> endpoint) override {
    speaker.only_while_wiring("routes()");
    check_route(spec, endpoint.get());
    Registry& registry = speaker.shared.registry;
    RouteEntry& entry = registry.routes.emplace_back();
    entry.plugin = speaker.plugin;
    entry.plugin_number = speaker.number;
    entry.pattern = spec.pattern;
    entry.spec = spec;
    entry.spec.pattern = entry.pattern;
    entry.endpoint = std::move(endpoint);
    if (const RouteEntry* other = registry.router.add(entry); other != nullptr) {
      throw std::invalid_argument(
          format("route {} {} is already registered by plugin '{}' as {} {}",
                 method_name(spec.method),
                 entry.spec.pattern,
                 other->plugin,
                 method_name(other->spec.method),
                 other->spec.pattern));
    }
    return words.emplace_back(entry);
  }
  void mount(std::string_view prefix, ErrorRenderer errors) override {
    speaker.only_while_wiring("routes()");
    speaker.shared.registry.mounts.declare(speaker.plugin, prefix, errors);
  }
  gatehouse::Routes& below(std::string_view prefix) override {
    speaker.only_while_wiring("routes()");
    return parts.emplace_back(*this, prefix);
  }
  void about(std::string_view text) override {
    speaker.only_while_wiring("routes()");
    speaker.shared.registry.tags.push_back({speaker.plugin, std::string(text)});
  }
};

struct PermissionsFacade final : Permissions {
  const Speaker& speaker;
  explicit PermissionsFacade(const Speaker& s) : speaker(s) {}

  void add(std::string_view permission, Holders holders) override {
    speaker.only_while_wiring("permissions().declare()");
    speaker.shared.registry.rights.declare(speaker.plugin, permission, holders);
  }
  std::vector<std::string> of(Role role) const override {
    return speaker.shared.registry.rights.of(role);
  }
};

struct AuthenticatorsFacade final : Authenticators {
  const Speaker& speaker;
  explicit AuthenticatorsFacade(const Speaker& s) : speaker(s) {}

  void add(Authenticator& authenticator) override { add(authenticator, kCanonicalMount); }
  void add(Authenticator& authenticator, std::string_view mount) override {
    speaker.only_while_wiring("authenticators()");
    speaker.shared.registry.mounts.add({speaker.plugin, speaker.number, &authenticator}, mount);
  }
};

bool is_word(std::string_view word, std::string_view marks) {
  return !word.empty() && word[0] >= 'a' && word[0] <= 'z' &&
         std::all_of(word.begin(), word.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
         });
}

std::string_view first_word(std::string_view command) {
  return command.substr(0, command.find(' '));
}

// One ill-formed command would take the commands of every other plugin with it: the program's
// parser refuses all of them.
void check_command(std::string_view name,
                   const std::vector<CommandArgument>& arguments,
                   const std::vector<CommandEntry>& others) {
  constexpr std::array<std::string_view, 11> kHosts = {"serve",
                                                       "check-config",
                                                       "migrate",
                                                       "backup",
                                                       "restore",
                                                       "revoke",
                                                       "plugins",
                                                       "keys",
                                                       "help",
                                                       "version",
                                                       "config"};
  constexpr std::array<std::string_view, 3> kHostsOptions = {"help", "config", "developing"};
  const std::string_view first = first_word(name);
  const std::string_view second = name.substr(std::min(first.size() + 1, name.size()));
  const bool has_two = first.size() != name.size();
  if (!is_word(first, "-") || (has_two && !is_word(second, "-"))) {
    throw std::invalid_argument(
        format("command '{}': a name is one or two words of a-z, 0-9 and -, a letter first", name));
  }
  if (std::find(kHosts.begin(), kHosts.end(), first) != kHosts.end()) {
    throw std::invalid_argument(
        format("command '{}': '{}' is a word of the host's own; choose another", name, first));
  }
  for (const CommandEntry& other : others) {
    const bool is_same = other.name == name;
    // "user" cannot both do something and be the group that "user create" stands in.
    const bool is_group_of_it = first_word(other.name) == first &&
                                (!has_two || first_word(other.name).size() == other.name.size());
    if (is_same || is_group_of_it) {
      throw std::invalid_argument(format("command '{}' {} '{}', registered by plugin '{}'",
                                         name,
                                         is_same ? "is the same as" : "cannot stand beside",
                                         other.name,
                                         other.plugin));
    }
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i].name;
    const bool is_taken =
        std::find(kHostsOptions.begin(), kHostsOptions.end(), word) != kHostsOptions.end();
    const bool is_double = std::any_of(arguments.begin(),
                                       arguments.begin() + static_cast<std::ptrdiff_t>(i),
                                       [&](const auto& other) { return other.name == word; });
    if (is_word(word, "-_") && !is_taken && !is_double) continue;
    throw std::invalid_argument(
        format("command '{}': the argument '{}' {}",
               name,
               word,
               is_taken    ? "is an option of the host's own; choose another name"
               : is_double ? "stands there twice"
                           : "is no word of a-z, 0-9, - and _, a letter first"));
  }
}

struct CommandsFacade final : Commands {
  const Speaker& speaker;
  explicit CommandsFacade(const Speaker& s) : speaker(s) {}

  void add(std::string_view name,
           std::string_view summary,
           std::vector<CommandArgument> arguments,
           std::function<int(CommandLine&)> run) override {
    speaker.only_while_wiring("commands()");
    auto& commands = speaker.shared.registry.commands;
    check_command(name, arguments, commands);
    commands.push_back({speaker.plugin,
                        std::string(name),
                        std::string(summary),
                        std::move(arguments),
                        std::move(run)});
  }
};

struct ServicesFacade final : Services {
  const Speaker& speaker;
  explicit ServicesFacade(const Speaker& s) : speaker(s) {}

  void provide_as(std::string_view name, void* service) override {
    speaker.only_while_wiring("services().provide()");
    const auto [place, added] = speaker.shared.registry.services.try_emplace(
        std::string(name), Registry::Service{speaker.plugin, service});
    if (!added) {
      throw std::invalid_argument(
          format("service '{}' is already provided by plugin '{}'", name, place->second.plugin));
    }
  }
  void* lookup(std::string_view name) const override {
    return speaker.shared.registry.find_service(name);
  }
};

struct EventsFacade final : Events {
  const Speaker& speaker;
  explicit EventsFacade(const Speaker& s) : speaker(s) {}

  void listen(std::string_view name, Listener listener) override {
    speaker.only_while_wiring("events().subscribe()");
    speaker.shared.registry.subscriptions[std::string(name)].push_back(
        {speaker.plugin, std::move(listener)});
  }
  Result<None> send(Session& session, std::string_view name, const void* event) const override {
    return tell_listeners(speaker.shared.registry, speaker.shared.facilities, session, name, event);
  }
};

struct BusFacade final : Bus {
  const Speaker& speaker;
  explicit BusFacade(const Speaker& s) : speaker(s) {}

  Result<None> publish(Session& session, std::string_view topic, std::string_view key) override {
    return speaker.shared.bus.publish(session, topic, key);
  }
  void subscribe(std::string_view topic, Handler handler) override {
    speaker.only_while_wiring("bus().subscribe()");
    speaker.shared.bus.subscribe(speaker.plugin, topic, std::move(handler));
  }
  std::chrono::nanoseconds staleness() const override { return speaker.shared.bus.staleness(); }
};

struct JobsFacade final : Jobs {
  const Speaker& speaker;
  explicit JobsFacade(const Speaker& s) : speaker(s) {}

  void every(std::string_view name,
             std::chrono::seconds period,
             std::function<void()> work) override {
    speaker.only_while_wiring("jobs().every()");
    speaker.shared.every(speaker.plugin, std::string(name), period, std::move(work));
  }
  void in_every_process(std::string_view name,
                        std::chrono::seconds period,
                        std::function<void()> work) override {
    speaker.only_while_wiring("jobs().in_every_process()");
    speaker.shared.scheduler.every(speaker.plugin, std::string(name), period, std::move(work));
  }
  void post(std::string_view name, std::function<void()> work) override {
    speaker.shared.scheduler.post(speaker.plugin, std::string(name), std::move(work));
  }
};

struct KeysFacade final : Keys {
  const Speaker& speaker;
  explicit KeysFacade(const Speaker& s) : speaker(s) {}
  const KeyRing& ring() const { return speaker.shared.facilities.keys; }

  std::string mac(std::string_view purpose, Parts parts) const override {
    return ring().mac(speaker.plugin, purpose, parts);
  }
  bool verify(std::string_view purpose, std::string_view mac, Parts parts) const override {
    return ring().verify(speaker.plugin, purpose, mac, parts);
  }
  Sha256 digest(std::string_view purpose, Parts parts) const override {
    return ring().digest(speaker.plugin, purpose, parts);
  }
  std::string seal(std::string_view purpose, std::string_view plaintext) const override {
    return ring().seal(speaker.plugin, purpose, plaintext);
  }
  Result<std::string> open(std::string_view purpose, std::string_view sealed) const override {
    return ring().open(speaker.plugin, purpose, sealed);
  }
};

struct MailFacade final : Mail {
  const Speaker& speaker;
  explicit MailFacade(const Speaker& s) : speaker(s) {}

  void compose(std::string_view purpose, Composer composer) override {
    speaker.only_while_wiring("mail().compose()");
    if (!is_word(purpose, "_") || purpose.size() > 64) {
      throw std::invalid_argument(
          format("mail '{}': a purpose is at most 64 of a-z, 0-9 and _, a letter first", purpose));
    }
    const bool added = speaker.shared.registry.composers
                           .try_emplace({speaker.plugin, std::string(purpose)}, std::move(composer))
                           .second;
    if (!added) throw std::invalid_argument(format("mail '{}' is registered twice", purpose));
  }
  Result<None> queue(Session& session, const MailOrder& order) override {
    if (!speaker.shared.registry.composers.contains({speaker.plugin, order.purpose})) {
      throw std::logic_error(
          format("mail '{}' is not registered: call mail().compose() in wire()", order.purpose));
    }
    if (order.mount.size() > 255 || order.data.size() > 4'096) {
      throw std::logic_error(
          format("mail '{}': the mount or the data is beyond its limit", order.purpose));
    }
    return mail::insert(session, speaker.plugin, order, speaker.shared.facilities.clock.now());
  }
  std::string link(std::string_view path) const override {
    return speaker.shared.facilities.mail.public_url().append(path);
  }
  std::string reset_link(std::string_view code) const override {
    std::string link_to_it = speaker.shared.facilities.mail.reset_url;
    if (link_to_it.empty()) link_to_it = link("/v1/password-resets/");
    return link_to_it.append(code);
  }
};

}  // namespace

struct Contexts::PluginContext final : Context {
  Speaker speaker;
  Db& db;
  RoutesFacade route_words{speaker};
  PermissionsFacade permission_words{speaker};
  AuthenticatorsFacade authenticator_words{speaker};
  CommandsFacade command_words{speaker};
  ServicesFacade service_words{speaker};
  EventsFacade event_words{speaker};
  BusFacade bus_words{speaker};
  JobsFacade job_words{speaker};
  KeysFacade key_words{speaker};
  MailFacade mail_words{speaker};

  PluginContext(std::string plugin, std::uint32_t number, Shared& shared, Db& storage_of_plugin)
      : speaker{plugin, number, shared, shared.facilities.log_for(plugin)}, db(storage_of_plugin) {}

  gatehouse::Routes& routes() override { return route_words; }
  Permissions& permissions() override { return permission_words; }
  Authenticators& authenticators() override { return authenticator_words; }
  Commands& commands() override { return command_words; }
  Db& storage() override { return db; }
  Services& services() override { return service_words; }
  Events& events() override { return event_words; }
  Bus& bus() override { return bus_words; }
  Jobs& jobs() override { return job_words; }
  Log& log() override { return speaker.log; }
  Metrics& metrics() override { return speaker.shared.facilities.metrics; }
  Clock& clock() override { return speaker.shared.facilities.clock; }
  Random& random() override { return speaker.shared.facilities.random; }
  Passwords& passwords() override { return speaker.shared.facilities.passwords; }
  Keys& keys() override { return key_words; }
  Mail& mail() override { return mail_words; }

  std::string_view public_url() override { return speaker.shared.facilities.public_url; }
  const PolicySettings& policy() override { return speaker.shared.registry.rights.settings(); }
  void audit_refused(const AuditEvent& event) override {
    speaker.shared.audit.note(event, AuditOutcome::Refused);
  }
  void audit_success(const AuditEvent& event) override {
    speaker.shared.audit.note(event, AuditOutcome::Success);
  }

  Result<None> as_owner(const std::function<Result<None>(Session&)>& work) override {
    return speaker.shared.database->change_as_owner(work);
  }

  void show_once(std::string_view name, std::string_view text) override {
    speaker.shared.facilities.show_once(name, text);
  }
};

void Shared::every(std::string plugin,
                   std::string name,
                   std::chrono::seconds period,
                   std::function<void()> work) const {
  auto claim = std::make_unique<ClaimedJob>(
      ClaimedJob::Parts{
          *own_storage, facilities.random, facilities.metrics, facilities.log_for(plugin)},
      plugin,
      name,
      period);
  scheduler.every(std::move(plugin), std::move(name), period, std::move(work), std::move(claim));
}

Contexts::Contexts(Shared& shared) : shared_(shared) {}
Contexts::~Contexts() = default;

Context& Contexts::make(std::string plugin, Db& storage) {
  const auto number = static_cast<std::uint32_t>(all_.size() + 1);
  all_.push_back(std::make_unique<PluginContext>(std::move(plugin), number, shared_, storage));
  return *all_.back();
}

}  // namespace gatehouse::runtime
