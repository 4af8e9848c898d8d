// What Redis does in one step. Times are the server's own; every key is forgotten after a while.

/** Scripts by name: how many keys each has, and its text. */
export const REDIS_SCRIPTS = {
  // KEYS: value, index. ARGV: text, ttl, order or "", channel or "".
  ctPut: {
    numberOfKeys: 2,
    lua: `
      if ARGV[3] ~= '' then
        local before = redis.call('HGET', KEYS[1], 'order')
        if before and tonumber(before) > tonumber(ARGV[3]) then return 0 end
      end
      redis.call('DEL', KEYS[1])
      redis.call('HSET', KEYS[1], 'text', ARGV[1])
      if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'order', ARGV[3]) end
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      local t = redis.call('TIME')
      redis.call('ZADD', KEYS[2], t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2], KEYS[1])
      if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
      if ARGV[4] ~= '' then redis.call('PUBLISH', ARGV[4], ARGV[1]) end
      return 1`,
  },
  // KEYS: index. What has lapsed is taken out of it.
  ctIndex: {
    numberOfKeys: 1,
    lua: `
      local t = redis.call('TIME')
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', t[1] * 1000 + math.floor(t[2] / 1000))
      return redis.call('ZRANGE', KEYS[1], 0, -1)`,
  },
  // KEYS: value. ARGV: 1 where one is expected, the expected text, text, ttl.
  ctSwap: {
    numberOfKeys: 1,
    lua: `
      local before = redis.call('HGET', KEYS[1], 'text')
      if ARGV[1] == '1' then
        if before ~= ARGV[2] then return 0 end
      elseif before then return 0 end
      redis.call('HSET', KEYS[1], 'text', ARGV[3])
      redis.call('PEXPIRE', KEYS[1], ARGV[4])
      return 1`,
  },
  // KEYS: claim, index. ARGV: owner, about, ttl.
  ctClaim: {
    numberOfKeys: 2,
    lua: `
      local owner = redis.call('HGET', KEYS[1], 'owner')
      if owner and owner ~= ARGV[1] then
        return {'refused', owner, redis.call('HGET', KEYS[1], 'about'), redis.call('HGET', KEYS[1], 'since'),
          redis.call('PTTL', KEYS[1])}
      end
      local t = redis.call('TIME')
      local now = t[1] * 1000 + math.floor(t[2] / 1000)
      redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'about', ARGV[2])
      redis.call('HSETNX', KEYS[1], 'since', string.format('%.0f', now))
      redis.call('PEXPIRE', KEYS[1], ARGV[3])
      redis.call('ZADD', KEYS[2], now + ARGV[3], KEYS[1])
      if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
      return {owner and 'renewed' or 'taken', ARGV[1], ARGV[2], redis.call('HGET', KEYS[1], 'since'), ARGV[3]}`,
  },
  // KEYS: claim. ARGV: owner.
  ctRelease: {
    numberOfKeys: 1,
    lua: `
      if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
      return redis.call('DEL', KEYS[1])`,
  },
  // KEYS: claim.
  ctHolder: {
    numberOfKeys: 1,
    lua: `
      local owner = redis.call('HGET', KEYS[1], 'owner')
      if not owner then return false end
      return {owner, redis.call('HGET', KEYS[1], 'about'), redis.call('HGET', KEYS[1], 'since'), redis.call('PTTL', KEYS[1])}`,
  },
  // KEYS: sorted set, member by day. Its member '' has −1 − the first day of which all members are known. ARGV: day, 1 to
  // restore, ttl, days kept, members.
  ctAdd: {
    numberOfKeys: 1,
    lua: `
      local day = tonumber(ARGV[1])
      local marked = redis.call('ZSCORE', KEYS[1], '')
      local first = marked and -1 - marked or math.huge
      if first > day then
        if ARGV[2] == '0' then return -1 end
        first = day
      end
      first = math.max(first, day - ARGV[4])
      redis.call('ZADD', KEYS[1], -1 - first, '')
      redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, first - 1)
      for i = 5, #ARGV do redis.call('ZADD', KEYS[1], 'NX', day, ARGV[i]) end
      redis.call('PEXPIRE', KEYS[1], ARGV[3])
      return redis.call('ZCOUNT', KEYS[1], day, day)`,
  },
  // KEYS: the same. ARGV: day.
  ctCount: {
    numberOfKeys: 1,
    lua: `
      local first = redis.call('ZSCORE', KEYS[1], '')
      if not first or -1 - first > tonumber(ARGV[1]) then return -1 end
      return redis.call('ZCOUNT', KEYS[1], ARGV[1], ARGV[1])`,
  },
} as const;

/** Name of a script. */
export type RedisScriptName = keyof typeof REDIS_SCRIPTS;
