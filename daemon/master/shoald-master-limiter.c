/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-limiter.h"

#include <arpa/inet.h>
#include <string.h>

#define REFILL_US ((gint64) SHOALD_MASTER_LIMITER_REFILL_S * G_USEC_PER_SEC)

typedef struct
{
  char *key; /* (owned) */
  guint n_in_flight;
  gint64 full_at_us; /* when the bucket is full again; in the past: it is */
  GList link;        /* in idle, while nothing is in flight */
} Entry;

struct ShoaldMasterLimiter
{
  GHashTable *entries; /* (owned) (element-type utf8 Entry) */
  GQueue idle;         /* (element-type Entry): longest idle first */
  guint max_in_flight;
  guint n_in_flight;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry);
}

ShoaldMasterLimiter *
shoald_master_limiter_new (guint max_in_flight)
{
  ShoaldMasterLimiter *limiter = g_new0 (ShoaldMasterLimiter, 1);

  limiter->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  limiter->max_in_flight = max_in_flight;
  g_queue_init (&limiter->idle);
  return limiter;
}

void
shoald_master_limiter_free (ShoaldMasterLimiter *limiter)
{
  g_clear_pointer (&limiter->entries, g_hash_table_unref);
  g_free (limiter);
}

static char *
key_of (const char *address)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  char text[INET6_ADDRSTRLEN] = "";
  guint8 bytes[16];

  if (inet_pton (AF_INET6, address, bytes) != 1)
    return g_strdup (address);
  if (memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_strdup (inet_ntop (AF_INET, bytes + 12, text, sizeof text));
  memset (bytes + 8, 0, 8);
  return g_strdup (inet_ntop (AF_INET6, bytes, text, sizeof text));
}

/* Makes room by forgetting the address that is idle longest. Its bucket is full again
 * unless thousands of others came in the last minute. */
static gboolean
make_room (ShoaldMasterLimiter *limiter)
{
  Entry *oldest;

  if (g_hash_table_size (limiter->entries) < SHOALD_MASTER_LIMITER_MAX_ADDRESSES)
    return TRUE;
  oldest = g_queue_peek_head (&limiter->idle);
  if (oldest == NULL)
    return FALSE;
  g_queue_unlink (&limiter->idle, &oldest->link);
  g_hash_table_remove (limiter->entries, oldest->key);
  return TRUE;
}

gboolean
shoald_master_limiter_enter (ShoaldMasterLimiter *limiter, const char *address)
{
  g_autofree char *key = key_of (address);
  Entry *entry = g_hash_table_lookup (limiter->entries, key);

  if (entry == NULL)
    {
      if (!make_room (limiter))
        return FALSE;
      entry = g_new0 (Entry, 1);
      entry->key = g_steal_pointer (&key);
      entry->link.data = entry;
      g_hash_table_insert (limiter->entries, entry->key, entry);
      g_queue_push_tail_link (&limiter->idle, &entry->link);
    }
  if (entry->n_in_flight >= limiter->max_in_flight)
    return FALSE;
  if (entry->n_in_flight++ == 0)
    g_queue_unlink (&limiter->idle, &entry->link);
  limiter->n_in_flight++;
  return TRUE;
}

void
shoald_master_limiter_leave (ShoaldMasterLimiter *limiter, const char *address)
{
  g_autofree char *key = key_of (address);
  Entry *entry = g_hash_table_lookup (limiter->entries, key);

  g_return_if_fail (entry != NULL && entry->n_in_flight > 0);

  limiter->n_in_flight--;
  if (--entry->n_in_flight == 0)
    g_queue_push_tail_link (&limiter->idle, &entry->link);
}

gboolean
shoald_master_limiter_take (ShoaldMasterLimiter *limiter,
                            const char *address,
                            gint64 now_us,
                            guint *retry_after_s)
{
  g_autofree char *key = key_of (address);
  Entry *entry = g_hash_table_lookup (limiter->entries, key);
  gint64 full_at_us;

  g_return_val_if_fail (entry != NULL, FALSE);

  full_at_us = MAX (entry->full_at_us, now_us) + REFILL_US;
  if (full_at_us - now_us > SHOALD_MASTER_LIMITER_BURST * REFILL_US)
    {
      gint64 wait_us = full_at_us - now_us - SHOALD_MASTER_LIMITER_BURST * REFILL_US;

      *retry_after_s = (wait_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
      return FALSE;
    }
  entry->full_at_us = full_at_us;
  *retry_after_s = 0;
  return TRUE;
}

guint
shoald_master_limiter_get_n_in_flight (ShoaldMasterLimiter *limiter)
{
  return limiter->n_in_flight;
}
