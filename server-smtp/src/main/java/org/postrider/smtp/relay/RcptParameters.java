package org.postrider.smtp.relay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the sender wants to be told about a recipient (RFC 3461 §4.1, §4.2).
 *
 * @param notifyOn the words of NOTIFY; empty when it was not given
 * @param original the value of ORCPT, {@code type;address}, as it was given
 */
public record RcptParameters(List<String> notifyOn, Optional<String> original) {
  private static final String NOTIFY = "NOTIFY=";
  private static final String ORCPT = "ORCPT=";

  /**
   * @param parameters of RCPT, as given
   */
  public static RcptParameters of(String parameters) {
    List<String> notifyOn = List.of();
    Optional<String> original = Optional.empty();
    for (String parameter : parameters.split(" ", -1)) {
      String upper = parameter.toUpperCase(Locale.ROOT);
      if (upper.startsWith(NOTIFY)) {
        notifyOn = Arrays.asList(upper.substring(NOTIFY.length()).split(",", -1));
      } else if (upper.startsWith(ORCPT)) {
        original = Optional.of(parameter.substring(ORCPT.length()));
      }
    }
    return new RcptParameters(notifyOn, original);
  }

  /** The parameters of those whom an address leads to (RFC 3461 §5.2.7): it is the original one. */
  public RcptParameters forwarded(String address) {
    if (original.isPresent() || notifyOn.isEmpty()) {
      return this;
    }
    boolean ascii = address.chars().allMatch(c -> c < 128);
    return new RcptParameters(
        notifyOn,
        Optional.of(
            ascii ? "rfc822;" + Xtext.encode(address) : "utf-8;" + Utf8Address.encode(address)));
  }

  /** Without SUCCESS, which was answered for all members of a group when it was expanded. */
  public RcptParameters withoutSuccess() {
    if (!wantsSuccess()) {
      return this;
    }
    List<String> rest = new ArrayList<>(notifyOn);
    rest.remove("SUCCESS");
    return new RcptParameters(rest.isEmpty() ? List.of("NEVER") : List.copyOf(rest), original);
  }

  /** With a report of a delay, unless the sender wants to hear of nothing (RFC 2852 §4.1.4.2). */
  RcptParameters withDelay() {
    if (wantsNothing() || notifyOn.contains("DELAY")) {
      return this;
    }
    List<String> words = new ArrayList<>(notifyOn.isEmpty() ? List.of("FAILURE") : notifyOn);
    words.add("DELAY");
    return new RcptParameters(words, original);
  }

  boolean wantsFailure() {
    return notifyOn.isEmpty() || notifyOn.contains("FAILURE");
  }

  /** RFC 3461 §4.1: without NOTIFY a delay may be told. */
  boolean wantsDelay() {
    return notifyOn.isEmpty() || notifyOn.contains("DELAY");
  }

  /** Whether the sender wants to hear that all went well. */
  public boolean wantsSuccess() {
    return notifyOn.contains("SUCCESS");
  }

  /** RFC 3461 §4.1: NEVER. */
  boolean wantsNothing() {
    return notifyOn.contains("NEVER");
  }

  /**
   * The Original-Recipient of a report.
   *
   * @param utf8 whether the report is one for internationalized mail
   */
  Optional<String> originalRecipient(boolean utf8) {
    return original.map(value -> {
      int semicolon = value.indexOf(';') + 1;
      String type = value.substring(0, semicolon);
      String address = value.substring(semicolon);
      if (type.equalsIgnoreCase("utf-8;")) {
        return type + (utf8 ? Utf8Address.decode(address) : address);
      }
      return type + Xtext.decode(address);
    });
  }

  /** As parameters of RCPT, or empty. */
  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    if (!notifyOn.isEmpty()) {
      words.add(NOTIFY + String.join(",", notifyOn));
    }
    original.ifPresent(value -> words.add(ORCPT + value));
    return String.join(" ", words);
  }
}
