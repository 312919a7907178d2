// SPDX-License-Identifier: BSD-3-Clause
using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace MainetCert;

/// <summary>The settings of a token by name.</summary>
public sealed class SettingDictionary : IReadOnlyDictionary<string, string>
{
    private readonly Token token;

    internal SettingDictionary(Token token) => this.token = token;

    /// <summary>How many there are.</summary>
    public int Count => Native.setting_count();

    /// <summary>The names.</summary>
    public IEnumerable<string> Keys => Enumerable.Range(0, Count).Select(Native.setting_name);

    /// <summary>The values.</summary>
    public IEnumerable<string> Values => Keys.Select(name => this[name]);

    /// <summary>A setting.</summary>
    /// <param name="key">its name</param>
    /// <exception cref="KeyNotFoundException">if there is no such setting</exception>
    /// <exception cref="TokenLockedException">if it is set on a locked token</exception>
    /// <exception cref="BadArgumentException">if there is no such setting or value to set</exception>
    public string this[string key]
    {
        get => token.Setting(key) ?? throw new KeyNotFoundException(key);
        set => token.Set(key, value);
    }

    /// <summary>Whether there is a setting.</summary>
    /// <param name="key">its name</param>
    /// <returns>true if there is</returns>
    public bool ContainsKey(string key) => token.Setting(key) is not null;

    /// <summary>Read a setting, if there is one of that name.</summary>
    /// <param name="key">its name</param>
    /// <param name="value">its value</param>
    /// <returns>true if there is</returns>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) =>
        (value = token.Setting(key)) is not null;

    /// <summary>Names and values.</summary>
    /// <returns>each of them</returns>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        Keys.Select(name => KeyValuePair.Create(name, this[name])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
