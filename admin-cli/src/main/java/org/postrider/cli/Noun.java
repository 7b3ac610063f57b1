package org.postrider.cli;

import java.util.function.Supplier;

/**
 * A command below {@code postrider}. Its class is looked at only when it is named on the command
 * line, so that the program starts fast.
 *
 * @param description one line for the list of commands
 * @param command makes the annotated object
 */
public record Noun(String name, String description, Supplier<Object> command) {}
