/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net-test.h"

/* What the programs share that the interoperability tests drive: commands are lines on
 * stdin, answers and events are lines on stdout, and the end of stdin ends the program.
 * An answer to what failed is "error CODE MESSAGE". */

/* A node with a key of its own, since several run at once. Listens at the addresses, up
 * to a %NULL; ends the program with 2 where that fails. */
NetTestNode interop_probe_node (char **addresses);

/* Says "listening ADDR" for each address. */
void interop_probe_say_listening (MeshHost *host);
void interop_probe_say_error (const GError *error);

/* Dials and says "connected PEER", once @is_identified has been waited for. */
void interop_probe_connect (MeshHost *host, const char *addr, gboolean is_identified);

/**
 * InteropProbeFunc:
 * @line: a command
 */
typedef void (*InteropProbeFunc) (const char *line, gpointer user_data);

/* Runs the main loop until the end of stdin. */
void interop_probe_run (InteropProbeFunc func, gpointer user_data);
