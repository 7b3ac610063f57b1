package org.postrider.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where a new password comes from; never from an argument, which other users could see. */
final class PasswordSource {
  /** Without the characters that look alike; 20 of these 55 make 115 bits. */
  private static final String ALPHABET =
      "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  private static final int GENERATED_CHARACTERS = 20;

  @Option(
      names = "--password-stdin",
      description = "Read the password from standard input (its first line).")
  private boolean standardInput;

  @Option(names = "--generate", description = "Make up a password and print it once.")
  private boolean generate;

  private @Nullable String generated;

  /** Asks for the password, or takes it from where the options say. */
  String password(CommandSpec command, String whose) {
    if (generate) {
      generated = generate();
      return generated;
    }
    if (standardInput) {
      return firstLine(command);
    }
    Console console =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .orElseThrow(() ->
                new ParameterException(
                    command.commandLine(),
                    "There is no terminal to ask for a password: use --password-stdin or"
                        + " --generate."));
    char[] password = console.readPassword("Password for %s: ", whose);
    char[] again = console.readPassword("Once more: ");
    if (password == null || again == null || !Arrays.equals(password, again)) {
      throw new ParameterException(
          command.commandLine(), "The two passwords differ: nothing was changed.");
    }
    return new String(password);
  }

  /** Prints a password that was made up. */
  void printGenerated(PrintWriter out) {
    if (generated != null) {
      out.println("Password (shown this once): " + generated);
    }
  }

  private static String firstLine(CommandSpec command) {
    try {
      String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      if (line == null || line.isEmpty()) {
        throw new ParameterException(
            command.commandLine(),
            "There is no password on standard input: write it there, as a line.");
      }
      return line;
    } catch (IOException e) {
      throw new ParameterException(
          command.commandLine(), "Standard input cannot be read: " + e.getMessage(), e);
    }
  }

  private static String generate() {
    SecureRandom random = new SecureRandom();
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < GENERATED_CHARACTERS; i++) {
      password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }
}
