package org.postrider.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks passwords and runs SASL mechanisms. Failures are slowed per account and per address, with
 * decay; an address on loopback is slowed per account alone. Safe for use by many threads.
 *
 * <p>A client never learns whether an account exists: an unknown user gets the same dance as a
 * wrong password, at the same cost, and SCRAM shows it a salt that stays the same for that name.
 */
public final class Authenticator {
  private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);
  private static final int NONCE_BYTES = 18;

  private final CredentialSource source;
  private final AuthSettings settings;
  private final Throttle throttle;

  /** Right passwords by account, as keyed hashes. */
  private final Cache<Long, byte[]> remembered;

  private final SecureRandom random = new SecureRandom();

  /** Makes remembered hashes and the salts of unknown users worthless outside of this process. */
  private final byte[] processKey = new byte[ScramKeys.KEY_BYTES];

  /**
   * @param clock tells the time for decay and expiry
   */
  public Authenticator(CredentialSource source, AuthSettings settings, Clock clock) {
    this(source, settings, clock, Thread::sleep);
  }

  Authenticator(CredentialSource source, AuthSettings settings, Clock clock, Sleeper sleeper) {
    this.source = source;
    this.settings = settings;
    this.throttle = new Throttle(settings, clock, sleeper);
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(settings.entriesMax())
            .expireAfterWrite(settings.passwordCache())
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .executor(Runnable::run)
            .build();
    random.nextBytes(processKey);
  }

  /**
   * Checks a user name ({@code user@domain}, {@code user+folder@domain}) and password, as LOGIN and
   * USER/PASS give them. Blocks for the throttle.
   */
  public AuthOutcome password(String login, String password, InetAddress peer) {
    return password("", login, password, peer);
  }

  /**
   * The mechanisms to announce, the best first. None at all where the connection is not secure:
   * what follows a login would be as open as the password.
   */
  public List<String> mechanisms(SaslContext context) {
    if (!context.secure()) {
      return List.of();
    }
    return context.serverEndPoint() != null || context.exporter() != null
        ? List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN")
        : List.of("SCRAM-SHA-256", "PLAIN", "LOGIN");
  }

  /** Starts a mechanism by its name in any case; empty when it is not among {@link #mechanisms}. */
  public Optional<SaslExchange> exchange(String mechanism, SaslContext context) {
    String name = mechanism.toUpperCase(Locale.ROOT);
    if (!mechanisms(context).contains(name)) {
      return Optional.empty();
    }
    return switch (name) {
      case "PLAIN" -> Optional.of(new PlainExchange(this, context.peer()));
      case "LOGIN" -> Optional.of(new LoginExchange(this, context.peer()));
      case "SCRAM-SHA-256" -> Optional.of(new ScramExchange(this, context, false, this::nonce));
      case "SCRAM-SHA-256-PLUS" -> Optional.of(new ScramExchange(this, context, true, this::nonce));
      default -> Optional.empty();
    };
  }

  /** Forgets remembered passwords of an account, after a change of its password or state. */
  public void forget(long account) {
    remembered.invalidate(account);
  }

  /**
   * Somebody who wants in.
   *
   * @param found the account, or null when there is none of that name
   * @param throttleName what failures are counted under
   */
  record Candidate(
      CredentialSource.@Nullable Found found, String throttleName, UserName userName) {}

  AuthOutcome password(String authorizationId, String login, String password, InetAddress peer) {
    Candidate candidate = candidate(login);
    if (candidate == null) {
      return new AuthOutcome.Failure(AuthOutcome.Reason.UNAVAILABLE);
    }
    return attempt(candidate, authorizationId, peer, () -> isPassword(candidate, password));
  }

  /** Looks the user up; null when the store does not answer. */
  @Nullable Candidate candidate(String login) {
    UserName name = UserName.of(login);
    if (!name.isPlausible()) {
      return new Candidate(null, throttleName(login), name);
    }
    try {
      Optional<CredentialSource.Found> found = source.find(name.full());
      if (found.isPresent()) {
        return new Candidate(found.get(), found.get().login(), new UserName(login, login, ""));
      }
      if (!name.detail().isEmpty()) {
        found = source.find(name.base());
      }
      return found
          .map(f -> new Candidate(f, f.login(), name))
          .orElseGet(() -> new Candidate(null, throttleName(name.base()), name));
    } catch (RuntimeException e) {
      LOG.error("a login could not be looked up", e);
      return null;
    }
  }

  /** Runs the check under the throttle; failures of the store end as UNAVAILABLE. */
  AuthOutcome attempt(
      Candidate candidate, String authorizationId, InetAddress peer, BooleanSupplier check) {
    try {
      return switch (throttle.attempt(candidate.throttleName(), peer, check)) {
        case RIGHT -> admitted(candidate, authorizationId);
        case WRONG -> new AuthOutcome.Failure(AuthOutcome.Reason.INVALID);
        case THROTTLED -> new AuthOutcome.Failure(AuthOutcome.Reason.THROTTLED);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server stops
      return new AuthOutcome.Failure(AuthOutcome.Reason.UNAVAILABLE);
    } catch (RuntimeException e) {
      LOG.error("a login could not be checked", e);
      return new AuthOutcome.Failure(AuthOutcome.Reason.UNAVAILABLE);
    }
  }

  private AuthOutcome admitted(Candidate candidate, String authorizationId) {
    CredentialSource.Found found = candidate.found();
    if (found == null || !maySpeakFor(candidate, found, authorizationId)) {
      return new AuthOutcome.Failure(AuthOutcome.Reason.INVALID);
    }
    if (!found.enabled()) {
      return new AuthOutcome.Failure(AuthOutcome.Reason.DISABLED);
    }
    return new AuthOutcome.Success(found.account(), found.login(), candidate.userName().detail());
  }

  /** Nobody acts for another; an authorization identity may only repeat one's own. */
  private boolean maySpeakFor(
      Candidate candidate, CredentialSource.Found found, String authorizationId) {
    return authorizationId.isEmpty()
        || authorizationId.equalsIgnoreCase(candidate.userName().full())
        || authorizationId.equalsIgnoreCase(candidate.userName().base())
        || authorizationId.equalsIgnoreCase(found.login())
        || (UserName.of(authorizationId).isPlausible()
            && source.find(authorizationId).map(f -> f.account() == found.account()).orElse(false));
  }

  private boolean isPassword(Candidate candidate, String password) {
    CredentialSource.Found found = candidate.found();
    if (found == null) {
      // costs what a wrong password costs
      new StoredCredential(decoyKeys(candidate).text()).matches(password);
      return false;
    }
    StoredCredential credential = found.credential();
    byte[] known = remembered.getIfPresent(found.account());
    if (known != null
        && MessageDigest.isEqual(known, mark(found.account(), credential, password))) {
      return true;
    }
    if (!credential.matches(password)) {
      return false;
    }
    StoredCredential current = upgraded(found, password);
    remembered.put(found.account(), mark(found.account(), current, password));
    return true;
  }

  /** Replaces an imported hash, or keys with few iterations, now that the password is known. */
  private StoredCredential upgraded(CredentialSource.Found found, String password) {
    if (!found.credential().isOutdated(settings.iterations())) {
      return found.credential();
    }
    StoredCredential renewed;
    try {
      renewed = StoredCredential.ofPassword(password, settings.iterations());
    } catch (IllegalArgumentException e) {
      LOG.warn("account {}: the imported hash stays, {}", found.account(), e.getMessage());
      return found.credential();
    }
    try {
      source.upgrade(found.account(), renewed);
      return renewed;
    } catch (RuntimeException e) {
      LOG.warn("account {}: the imported hash could not be replaced", found.account(), e);
      return found.credential();
    }
  }

  /**
   * A keyed hash of the password. The credential goes in as well, so that a password that was
   * changed is not remembered, whoever changed it.
   */
  private byte[] mark(long account, StoredCredential credential, String password) {
    byte[] stored = credential.text().getBytes(StandardCharsets.UTF_8);
    byte[] given = password.getBytes(StandardCharsets.UTF_8);
    ByteBuffer data =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + stored.length + given.length);
    data.putLong(account).putInt(stored.length).put(stored).put(given);
    return ScramKeys.hmac(processKey, data.array());
  }

  /**
   * The keys SCRAM uses for a user: the stored ones, or, where there are none, ones that nobody
   * knows the password of.
   */
  ScramKeys scramKeys(Candidate candidate) {
    CredentialSource.Found found = candidate.found();
    ScramKeys keys = found == null ? null : found.credential().scramKeys();
    return keys == null ? decoyKeys(candidate) : keys;
  }

  private ScramKeys decoyKeys(Candidate candidate) {
    byte[] name = ("salt " + candidate.throttleName()).getBytes(StandardCharsets.UTF_8);
    byte[] seed = ScramKeys.hmac(processKey, name);
    byte[] unknown = new byte[ScramKeys.KEY_BYTES];
    random.nextBytes(unknown);
    return new ScramKeys(
        settings.iterations(), Arrays.copyOf(seed, ScramKeys.SALT_BYTES), unknown, unknown);
  }

  private String nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return Base64.getEncoder().encodeToString(nonce);
  }

  private static String throttleName(String login) {
    String name = login.toLowerCase(Locale.ROOT);
    return name.length() <= UserName.LENGTH_MAX ? name : name.substring(0, UserName.LENGTH_MAX);
  }
}
