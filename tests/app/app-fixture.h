/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "model/shoal-client.h"

/* A client and the made-up daemon of tests/ui, on a bus of the test's own. */
typedef struct
{
  GTestDBus *bus;      /* (owned) */
  GSubprocess *fake;   /* (owned) (nullable) */
  ShoalClient *client; /* (owned) */
  GString *notices;    /* (owned): each ends with | */
  GString *calls;      /* (owned): to the daemon, each on a line */
} AppFixture;

#define APP_FIXTURE_DEADLINE_S 60

/* Runs the main loop until @condition is true. */
#define APP_FIXTURE_WAIT(condition) \
  G_STMT_START \
  { \
    gint64 wait_until_us \
        = g_get_monotonic_time () + APP_FIXTURE_DEADLINE_S * G_USEC_PER_SEC; \
    guint wait_id = app_fixture_start_ticks (); \
    while (!(condition) && g_get_monotonic_time () < wait_until_us) \
      g_main_context_iteration (NULL, TRUE); \
    g_assert_cmpint (g_get_monotonic_time (), <, wait_until_us); \
    g_source_remove (wait_id); \
  } \
  G_STMT_END

/* Starts the bus; with a scenario (nullable) the daemon too, and waits for the client. */
void app_fixture_set_up (AppFixture *fixture, gconstpointer scenario);
void app_fixture_tear_down (AppFixture *fixture, gconstpointer scenario);

void app_fixture_start_daemon (AppFixture *fixture, const char *scenario);
void app_fixture_wait_end (AppFixture *fixture); /* of the daemon, which was told to */

/* Calls a method of org.shoal.Fake. */
void app_fixture_tell (const char *method, GVariant *args);

/* Sets a property of an object of the daemon, whose path is below the daemon's. */
void app_fixture_put (const char *path,
                      const char *interface,
                      const char *name,
                      GVariant *value);

/* How many calls to the daemon that begin so there were so far. */
guint app_fixture_count_calls (AppFixture *fixture, const char *start);

guint app_fixture_start_ticks (void); /* what is waited for may make no event here */
gboolean app_fixture_text_is (gpointer object, const char *property, const char *text);
gboolean app_fixture_flag (gpointer object, const char *property);
