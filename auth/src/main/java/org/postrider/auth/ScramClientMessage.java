package org.postrider.auth;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The syntax of what a SCRAM client sends (RFC 5802 §7). */
final class ScramClientMessage {
  /** What the client says about channel binding. */
  sealed interface Binding {
    /** {@code n}: the client has none. */
    record NotSupported() implements Binding {}

    /** {@code y}: the client has it, but thinks that we do not. */
    record NotOffered() implements Binding {}

    /** {@code p=}: it is used. */
    record Used(String type) implements Binding {}
  }

  /**
   * @param gs2Header with its last comma
   * @param authorizationId decoded; empty when there is none
   * @param bare the message without the GS2 header
   * @param userName decoded
   */
  record ClientFirst(
      Binding binding,
      String gs2Header,
      String authorizationId,
      String bare,
      String userName,
      String nonce) {}

  /**
   * @param channelBinding decoded
   * @param proof decoded
   */
  record ClientFinal(byte[] channelBinding, String nonce, byte[] proof, String withoutProof) {}

  private static final String EXTENSIONS = "(?:,[A-Za-z]=[^,\\x00]+){0,16}+";

  /** A mandatory extension ({@code m=}) is one that we do not know: no match (RFC 5802 §5.1). */
  private static final Pattern FIRST =
      Pattern.compile(
          "(?<header>(?:(?<flag>[ny])|p=(?<type>[A-Za-z0-9.-]{1,64})),(?:a=(?<authz>[^,\\x00]+))?,)"
              + "(?<bare>n=(?<name>[^,\\x00]+),r=(?<nonce>[\\x21-\\x2b\\x2d-\\x7e]{1,512})"
              + EXTENSIONS
              + ")");

  private static final Pattern LAST =
      Pattern.compile(
          "(?<rest>c=(?<binding>[A-Za-z0-9+/=]{1,4096}),r=(?<nonce>[\\x21-\\x2b\\x2d-\\x7e]{1,600})"
              + "(?:,(?!p=)[A-Za-z]=[^,\\x00]+){0,16}+),p=(?<proof>[A-Za-z0-9+/]{43}=)");

  private ScramClientMessage() {}

  /** The client-first-message, or null when it is not one. */
  static @Nullable ClientFirst first(String message) {
    Matcher matcher = FIRST.matcher(message);
    if (!matcher.matches()) {
      return null;
    }
    String authorizationId = matcher.group("authz");
    String authz = authorizationId == null ? "" : saslName(authorizationId);
    String name = saslName(group(matcher, "name"));
    if (authz == null || name == null) {
      return null;
    }
    String type = matcher.group("type");
    Binding binding =
        type != null
            ? new Binding.Used(type)
            : group(matcher, "flag").equals("y")
                ? new Binding.NotOffered()
                : new Binding.NotSupported();
    return new ClientFirst(
        binding,
        group(matcher, "header"),
        authz,
        group(matcher, "bare"),
        name,
        group(matcher, "nonce"));
  }

  /** The client-final-message, or null when it is not one. */
  static @Nullable ClientFinal last(String message) {
    Matcher matcher = LAST.matcher(message);
    if (!matcher.matches()) {
      return null;
    }
    try {
      Base64.Decoder decoder = Base64.getDecoder();
      return new ClientFinal(
          decoder.decode(group(matcher, "binding")),
          group(matcher, "nonce"),
          decoder.decode(group(matcher, "proof")),
          group(matcher, "rest"));
    } catch (IllegalArgumentException e) {
      return null; // not base64
    }
  }

  /** Decodes {@code =2C} and {@code =3D}; null when another {@code =} is in it. */
  private static @Nullable String saslName(String encoded) {
    if (encoded.indexOf('=') < 0) {
      return encoded;
    }
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < encoded.length(); i++) {
      if (encoded.charAt(i) != '=') {
        name.append(encoded.charAt(i));
      } else if (encoded.startsWith("=2C", i)) {
        name.append(',');
        i += 2;
      } else if (encoded.startsWith("=3D", i)) {
        name.append('=');
        i += 2;
      } else {
        return null;
      }
    }
    return name.toString();
  }

  private static String group(Matcher matcher, String name) {
    String group = matcher.group(name);
    if (group == null) {
      throw new IllegalStateException("a group that always takes part: " + name);
    }
    return group;
  }
}
